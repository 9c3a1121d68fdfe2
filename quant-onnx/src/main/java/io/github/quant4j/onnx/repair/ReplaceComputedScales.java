/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives constant scales to what computes its scales while the model runs (R27).
 *
 * <ol>
 *   <li>DynamicQuantizeLinear becomes a pair of symmetric int8 with scale {@code absmax / 127} of
 *       what calibration saw; ConvInteger, MatMulInteger and MatMulIntegerToFloat that read its
 *       codes become float operators on that pair and the dequantized weight.
 *   <li>DynamicQuantizeMatMul becomes a MatMul alike.
 *   <li>QuantizeLinear of a computed scale, read by DequantizeLinear alone, gets such a scale too.
 *   <li>Without a range, or where something else reads the codes, all stays and is refused.
 * </ol>
 *
 * <p>For the float form of a model no ranges are needed, since operators read the float tensor.
 */
final class ReplaceComputedScales implements RepairPass {
  static final String NEEDS_DATA =
      "only data tell the range of \"%s\": give calibration data to make the scale a constant";

  ReplaceComputedScales() {}

  @Override
  public boolean run(RepairContext context) {
    Walk walk = new Walk(context);
    List<Node> nodes = context.graph().nodes();
    nodes.forEach(walk::visit);
    nodes.forEach(walk::settle);
    return walk.isChanged;
  }

  /** One walk: what takes the place of codes, and why some could not be replaced. */
  private static final class Walk {
    private final RepairContext context;
    private final CodeNodes codeNodes;
    private final FixedActivations activations;
    private final Map<Value, String> obstacles = new HashMap<>();
    private boolean isChanged;

    private Walk(RepairContext context) {
      this.context = context;
      this.codeNodes = new CodeNodes(context);
      this.activations = new FixedActivations(context, codeNodes);
    }

    private void visit(Node node) {
      if (DynamicQuantization.isFused(node)) {
        visitFused(node);
      } else if (node.inputs().stream().anyMatch(Walk::isDynamic)) {
        visitReader(node);
      } else if (Quantizer.of(node).filter(found -> !found.isConstant()).isPresent()) {
        visitQuantizer(new Quantizer(node));
      }
    }

    private static boolean isDynamic(Value value) {
      return DynamicQuantization.behind(value).isPresent();
    }

    private void visitFused(Node node) {
      Value tensor = node.requiredInput(0);
      String found =
          "DynamicQuantizeMatMul computes the scale of \"%s\" as it runs".formatted(tensor);
      Optional<DynamicProduct> product = DynamicProduct.of(node);
      if (product.isEmpty()) {
        refuse(node, tensor, found, DynamicProduct.obstacle(node));
      } else if (!activations.isKnown(tensor)) {
        refuse(node, tensor, found, NEEDS_DATA.formatted(tensor));
      } else {
        product.get().replace(context, codeNodes, activations);
        repaired(node, tensor, found);
      }
    }

    private void visitReader(Node node) {
      List<DynamicQuantization> sources =
          node.inputs().stream()
              .flatMap(value -> DynamicQuantization.behind(value).stream())
              .toList();
      if (!sources.stream().allMatch(source -> activations.isKnown(source.tensor()))) {
        return;
      }
      if (node.is("DequantizeLinear")
          && !node.output().isGraphOutput()
          && !node.output().isCaptured()) {
        DynamicQuantization source = sources.get(0);
        Value float32 = activations.value(source.tensor(), source.node());
        context.rewriter().replaceUses(node.output(), float32);
        context.rewriter().remove(node);
        isChanged = true;
        return;
      }
      Optional<DynamicProduct> product = DynamicProduct.of(node);
      if (product.isPresent()) {
        product.get().replace(context, codeNodes, activations);
        isChanged = true;
      } else {
        String obstacle =
            "%s \"%s\" reads its codes: %s"
                .formatted(node.opType(), node.label(), DynamicProduct.obstacle(node));
        sources.forEach(source -> obstacles.putIfAbsent(source.tensor(), obstacle));
      }
    }

    /** Removes what is read no more, and tells what became of a DynamicQuantizeLinear. */
    private void settle(Node node) {
      Optional<DynamicQuantization> dynamic = DynamicQuantization.of(node);
      if (dynamic.isEmpty()) {
        return;
      }
      Value tensor = dynamic.get().tensor();
      String found =
          "DynamicQuantizeLinear computes the scale of \"%s\" as the model runs".formatted(tensor);
      if (!activations.isKnown(tensor)) {
        refuse(node, tensor, found, NEEDS_DATA.formatted(tensor));
      } else if (dynamic.get().isUnused()) {
        context.rewriter().remove(node);
        repaired(node, tensor, found);
      } else {
        refuse(
            node,
            tensor,
            found,
            obstacles.getOrDefault(tensor, "its codes or its scale have readers that need them"));
      }
    }

    private void visitQuantizer(Quantizer quantizer) {
      Node node = quantizer.node();
      Value tensor = quantizer.data();
      String found =
          "the scale or zero point of %s is computed as the model runs".formatted(node.opType());
      if (!quantizer.isQuantize()) {
        if (tensor.producer().filter(producer -> producer.is("QuantizeLinear")).isEmpty()) {
          refuse(
              node,
              tensor,
              found,
              "its codes stand for other numbers each time; export the model with constant scales");
        }
        return;
      }
      Optional<QuantizedActivation> pair =
          QuantizedActivation.of(node).filter(QuantizedActivation::isClosed);
      Optional<Float> scale = activations.scale(tensor);
      if (pair.isEmpty()) {
        refuse(node, tensor, found, "other operators than DequantizeLinear read its codes");
      } else if (scale.isEmpty()) {
        refuse(node, tensor, found, NEEDS_DATA.formatted(tensor));
      } else {
        context.setInt8Scale(pair.get().nodes(), tensor.name(), scale.get());
        repaired(node, tensor, found);
      }
    }

    private void refuse(Node node, Value tensor, String found, String reason) {
      context.refused(Defect.COMPUTED_SCALE, Site.of(node, tensor), found, reason);
    }

    private void repaired(Node node, Value tensor, String found) {
      context.repaired(
          Defect.COMPUTED_SCALE, Site.of(node, tensor), found, activations.remedy(tensor));
      isChanged = true;
    }
  }
}
