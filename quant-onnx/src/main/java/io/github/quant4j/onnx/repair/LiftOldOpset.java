/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.opset.LiftOpset;
import java.util.List;
import java.util.Optional;

/**
 * Lifts a quantized model to opset 13, the first whose QuantizeLinear and DequantizeLinear know an
 * axis.
 *
 * <p>Models without a pair or an integer operator stay as they are, and so do those that cannot be
 * lifted: that is a defect where a scale per channel needs the axis, and none elsewhere.
 */
final class LiftOldOpset implements RepairPass {
  private static final int NEEDED = LiftOpset.LOWEST_TARGET;

  @Override
  public boolean run(RepairContext context) {
    long opset = context.model().opset();
    List<Node> nodes = context.graph().nodes();
    if (opset == 0 || opset >= NEEDED || nodes.stream().noneMatch(LiftOldOpset::isQuantized)) {
      return false;
    }
    Optional<Site> needing =
        nodes.stream()
            .flatMap(node -> Quantizer.of(node).stream())
            .filter(LiftOldOpset::isPerChannel)
            .findFirst()
            .map(quantizer -> Site.of(quantizer.node(), quantizer.data()));
    String found = "opset %s knows no scale per channel".formatted(opset);
    try {
      LiftOpset.to(NEEDED).run(context.model());
    } catch (OnnxException e) {
      String reason = "the model cannot be lifted: " + e.getMessage();
      needing.ifPresent(site -> context.refused(Defect.QUANTIZATION_AXIS, site, found, reason));
      return false;
    }
    String done = "opset %s -> %s".formatted(opset, NEEDED);
    needing.ifPresent(site -> context.repaired(Defect.QUANTIZATION_AXIS, site, found, done));
    return true;
  }

  private static boolean isQuantized(Node node) {
    return node.is("QuantizeLinear", "DequantizeLinear") || IntegerOperators.contains(node);
  }

  private static boolean isPerChannel(Quantizer quantizer) {
    return quantizer
        .node()
        .input(1)
        .flatMap(Value::constantShape)
        .map(Shape::elementCount)
        .filter(count -> count > 1)
        .isPresent();
  }
}
