/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Makes pairs on float constants symmetric. The scale stays where all values lie within 127 steps
 * of 0, so that the codes differ from the old ones by the zero point only; else the scales are
 * chosen from the values.
 */
final class ConstantPairCentering {
  private static final int LARGEST_CODE = 127;
  private static final double HALF_STEP = 0.5;

  private ConstantPairCentering() {}

  /** Makes one pair symmetric; returns true when the model was changed. */
  static boolean center(RepairContext context, Node node) {
    Optional<Quantizer> found = Quantizer.of(node).filter(CenterWeights::isAsymmetric);
    if (found.isEmpty()) {
      return false;
    }
    Quantizer quantize = found.get();
    Value values = quantize.data();
    List<Quantizer> readers = readers(quantize);
    if (readers.isEmpty() || !values.isConstant(ElementType.FLOAT) || !fits(quantize)) {
      return false;
    }
    Tensor tensor = values.constant().orElseThrow();
    if (quantize.output().isGraphOutput() || !WeightRounding.areFinite(tensor)) {
      context.refused(
          Defect.ASYMMETRIC_WEIGHT,
          Site.of(node, values),
          CenterWeights.description(quantize),
          quantize.output().isGraphOutput()
              ? "its codes are an output of the graph, which would change"
              : "the constant is not finite");
      return false;
    }
    List<Node> nodes = new ArrayList<>(List.of(node));
    readers.forEach(reader -> nodes.add(reader.node()));
    String description = CenterWeights.description(quantize);
    String done = center(context, quantize, readers, nodes);
    context.repaired(Defect.ASYMMETRIC_WEIGHT, Site.of(node, values), description, done);
    return true;
  }

  private static String center(
      RepairContext context, Quantizer quantize, List<Quantizer> readers, List<Node> nodes) {
    Tensor values = quantize.data().constant().orElseThrow();
    Value scale = quantize.node().requiredInput(1);
    String done = "zero point int8 0, the scale stays";
    if (!isWithin(values, quantize)) {
      OptionalInt axis = CenterWeights.axis(readers, values.shape());
      WeightRounding rounding = WeightRounding.of(values, axis).orElseThrow();
      scale = context.addConstant(quantize.data() + "_scale", rounding.scale());
      nodes.forEach(changed -> context.setAxis(changed, axis));
      done = CenterWeights.account(values, rounding);
    }
    Shape shape = scale.constantShape().orElseThrow();
    context.setParameters(nodes, scale, context.int8Zeros(shape));
    return done;
  }

  /** Returns the readers of the codes, none where one is something else or reads otherwise. */
  private static List<Quantizer> readers(Quantizer quantize) {
    List<Quantizer> readers = new ArrayList<>();
    for (Use use : quantize.output().uses()) {
      Optional<Quantizer> reader =
          Quantizer.of(use.node())
              .filter(quantize::hasParametersOf)
              .filter(one -> !one.isQuantize());
      if (reader.isEmpty() || use.inputIndex() != 0) {
        return List.of();
      }
      readers.add(reader.get());
    }
    return quantize.output().isCaptured() ? List.of() : readers;
  }

  /** Tells whether there is one scale, or one for each index of an axis that there is. */
  private static boolean fits(Quantizer quantize) {
    Shape shape = quantize.data().constantShape().orElseThrow();
    int count = Math.toIntExact(quantize.scale().orElseThrow().shape().elementCount());
    return count == 1 || ChannelAxis.resolve(shape, quantize, count).isPresent();
  }

  /** Tells whether all values have codes in [-127, 127] at the scales there are. */
  private static boolean isWithin(Tensor values, Quantizer quantize) {
    FloatBuffer scales = quantize.scale().orElseThrow().floats();
    OptionalInt axis = ChannelAxis.resolve(values.shape(), quantize, scales.remaining());
    int inner = scales.remaining() > 1 ? ChannelAxis.inner(values.shape(), axis.orElseThrow()) : 1;
    FloatBuffer floats = values.floats();
    for (int i = 0; i < floats.remaining(); i++) {
      double limit = (LARGEST_CODE + HALF_STEP) * scales.get(i / inner % scales.remaining());
      if (Math.abs(floats.get(i)) >= limit) {
        return false;
      }
    }
    return true;
  }
}
