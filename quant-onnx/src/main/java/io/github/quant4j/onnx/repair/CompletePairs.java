/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Defect.FLOAT_ACTIVATION;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.SymmetricInt8;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * R18: completes operators whose weight is quantized and whose activation is not, as in models with
 * quantized weights alone: there the weight is only made float again before each product.
 *
 * <ol>
 *   <li>Where other readers of the activation have a pair, the operator reads that.
 *   <li>Else, where the range of the activation is known, it gets a pair, {@code scale = absmax /
 *       127}.
 *   <li>Else the weight becomes the float constant its codes stand for, so that the operator is
 *       float altogether; it computes what it did. Operators with quantized activations keep the
 *       codes.
 * </ol>
 */
final class CompletePairs implements RepairPass {
  private static final int WEIGHT = 1;

  @Override
  public boolean run(RepairContext context) {
    Map<Value, List<Node>> byActivation = new LinkedHashMap<>();
    for (Node node : context.graph().nodes()) {
      if (hasOnlyWeightQuantized(node)) {
        byActivation.computeIfAbsent(node.requiredInput(0), value -> new ArrayList<>()).add(node);
      }
    }
    if (byActivation.isEmpty()) {
      return false;
    }
    PairInsertion pairs = new PairInsertion(context);
    Map<Value, List<Use>> ofFloatOperators = new LinkedHashMap<>();
    byActivation.forEach(
        (activation, nodes) -> {
          if (!quantize(context, pairs, activation, nodes)) {
            nodes.forEach(node -> addWeight(node, ofFloatOperators));
          }
        });
    WeightWriter weights = new WeightWriter(context);
    ofFloatOperators.forEach((weight, readers) -> dequantize(context, weights, weight, readers));
    return true;
  }

  private static void addWeight(Node node, Map<Value, List<Use>> readers) {
    readers
        .computeIfAbsent(node.requiredInput(WEIGHT), value -> new ArrayList<>())
        .add(new Use(node, WEIGHT));
  }

  private static boolean hasOnlyWeightQuantized(Node node) {
    return Int8Operators.isWeighted(node)
        && node.input(0)
            .filter(activation -> !activation.isConstant() && !CodeOrigin.isQuantized(activation))
            .isPresent()
        && node.input(WEIGHT).flatMap(QuantizedWeight::of).isPresent();
  }

  private static boolean quantize(
      RepairContext context, PairInsertion pairs, Value activation, List<Node> nodes) {
    List<Use> readers = nodes.stream().map(node -> new Use(node, 0)).toList();
    Optional<QuantizedActivation> pair = QuantizedActivation.symmetricOn(activation);
    Optional<ValueRange> range = context.observed(activation);
    if (pair.isPresent()) {
      float scale = pair.get().quantize().singleScale().orElseThrow();
      report(context, nodes, "reads the pair of its activation, scale " + scale);
      pairs.read(pair.get(), readers);
    } else if (range.isPresent()) {
      float scale = SymmetricInt8.forActivation(range.get()).scale(0);
      report(context, nodes, "pair of scale %s, from %s".formatted(scale, text(range.get())));
      pairs.insert(activation, readers, scale);
    } else {
      return false;
    }
    return true;
  }

  private static String text(ValueRange range) {
    return "observed values %s to %s".formatted(range.minimum(), range.maximum());
  }

  private static void report(RepairContext context, List<Node> nodes, String done) {
    for (Node node : nodes) {
      Value activation = node.requiredInput(0);
      String found =
          "%s reads int8 weight \"%s\" beside a float activation"
              .formatted(node.opType(), node.requiredInput(WEIGHT));
      context.repaired(FLOAT_ACTIVATION, Site.of(node, activation), found, done);
    }
  }

  private static void dequantize(
      RepairContext context, WeightWriter writer, Value value, List<Use> readers) {
    QuantizedWeight weight = QuantizedWeight.of(value).orElseThrow();
    String name = context.rewriter().freeName(weight.output() + "_float");
    report(
        context,
        readers.stream().map(Use::node).toList(),
        "no range is known: weight int8 -> float32 \"%s\"".formatted(name));
    Value floats =
        context
            .rewriter()
            .addInitializer(name, weight.source(), ElementType.FLOAT, weight::floatsOf);
    writer.replaceByFloats(weight, readers, floats);
  }
}
