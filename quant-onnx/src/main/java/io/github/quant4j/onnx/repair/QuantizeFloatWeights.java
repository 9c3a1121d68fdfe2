/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Defect.FLOAT_WEIGHT;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * R17: quantizes the float weight of an operator whose activation is quantized: symmetric int8,
 * {@code scale = absmax / 127}, one scale per output channel, or one for a ConvTranspose and for a
 * MatMul with a weight that is no matrix. Codes are computed when they are asked for. Readers whose
 * activation is float go on reading the float weight.
 *
 * <p>A product of a single row or column stays as it is: it is bound by memory.
 */
final class QuantizeFloatWeights implements RepairPass {
  private static final int WEIGHT = 1;

  @Override
  public boolean run(RepairContext context) {
    WeightWriter writer = new WeightWriter(context);
    boolean isChanged = false;
    for (Map.Entry<FloatWeight, List<Use>> entry : weights(context).entrySet()) {
      isChanged |= quantize(context, writer, entry.getKey(), entry.getValue());
    }
    return isChanged;
  }

  private static Map<FloatWeight, List<Use>> weights(RepairContext context) {
    Map<FloatWeight, List<Use>> readers = new LinkedHashMap<>();
    List<Node> nodes =
        context.graph().nodes().stream().filter(node -> hasOnlyWeightFloat(node)).toList();
    if (nodes.isEmpty()) {
      return readers;
    }
    ShapeInference shapes = context.shapes();
    for (Node node : nodes) {
      Value weight = node.requiredInput(WEIGHT);
      if (isDegenerate(node, shapes)) {
        context.kept(
            FLOAT_WEIGHT,
            Site.of(node, weight),
            found(node),
            "kept: a product of a single row or column is bound by memory");
      } else {
        readers
            .computeIfAbsent(new FloatWeight(weight, axis(node)), key -> new ArrayList<>())
            .add(new Use(node, WEIGHT));
      }
    }
    return readers;
  }

  private static boolean hasOnlyWeightFloat(Node node) {
    return Int8Operators.isWeighted(node)
        && node.input(0).filter(CodeOrigin::isQuantized).isPresent()
        && node.input(WEIGHT)
            .filter(value -> value.isConstant(ElementType.FLOAT))
            .flatMap(Value::constantShape)
            .filter(shape -> shape.rank() >= 2 && shape.elementCount() > 0)
            .isPresent();
  }

  private static OptionalInt axis(Node node) {
    return WeightAxis.of(node, weightShape(node));
  }

  private static boolean isDegenerate(Node node, ShapeInference shapes) {
    if (!node.is("Gemm", "MatMul")) {
      return false;
    }
    return weightShape(node).dimension(axis(node).orElse(-1)) == 1
        || shapes
            .dimensions(node.output())
            .filter(dimensions -> dimensions.size() == 2 && dimensions.get(0).isFixed(1))
            .isPresent();
  }

  private static Shape weightShape(Node node) {
    return node.requiredInput(WEIGHT).constantShape().orElseThrow();
  }

  private static String found(Node node) {
    return "%s reads float weight \"%s\" of shape %s beside a quantized activation"
        .formatted(node.opType(), node.requiredInput(WEIGHT), weightShape(node));
  }

  private static boolean quantize(
      RepairContext context, WeightWriter writer, FloatWeight weight, List<Use> readers) {
    Value value = weight.value();
    Optional<WeightRounding> rounding =
        value.constant().flatMap(floats -> WeightRounding.of(floats, weight.axis()));
    for (Use use : readers) {
      Site site = Site.of(use.node(), value);
      rounding.ifPresentOrElse(
          chosen ->
              context.repaired(FLOAT_WEIGHT, site, found(use.node()), "float32 -> int8, " + chosen),
          () ->
              context.refused(
                  FLOAT_WEIGHT,
                  site,
                  found(use.node()),
                  "it holds NaN or infinite numbers; correct the weight"));
    }
    rounding.ifPresent(chosen -> writer.quantize(value, readers, codes(context, value, chosen)));
    return rounding.isPresent();
  }

  private static WeightCodes codes(RepairContext context, Value weight, WeightRounding chosen) {
    String name = context.rewriter().freeName(weight + "_quantized");
    return new WeightCodes(
        context.rewriter().addInitializer(name, weight, ElementType.INT8, chosen::codes),
        chosen.scale(),
        chosen.axis());
  }

  /** A constant with the axis its readers need scales along. */
  private record FloatWeight(Value value, OptionalInt axis) {}
}
