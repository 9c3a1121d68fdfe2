/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Gives constants behind a DequantizeLinear int8 codes with zero point 0 (R08).
 *
 * <p>Where all codes less their zero points lie in [-128, 127], those are the new codes, and every
 * number stays as it was. Otherwise the numbers are quantized anew, symmetric with {@code absmax /
 * 127}, per channel along {@link WeightAxis}, else as the scales stood; the error is at most half
 * the new scale. Codes are computed when the model is written. A float constant with a
 * QuantizeLinear of its own is treated alike by {@link ConstantPairCentering}. Biases of int32 are
 * left to another pass, and so are codes whose scales do not fit them, and those in blocks.
 */
final class CenterWeights implements RepairPass {
  private static final String CONV_TRANSPOSE = "ConvTranspose";

  /** Equal codes read alike; they have one result. */
  private record Source(
      Value codes, ByteBuffer scale, Optional<ByteBuffer> zeroPoint, String form) {}

  /** What the DequantizeLinear nodes of a source read from now on, and how it came about. */
  private record Result(Value codes, Value scale, OptionalInt axis, boolean isExact, String done) {}

  @Override
  public boolean run(RepairContext context) {
    Map<Source, Result> results = new HashMap<>();
    boolean isChanged = false;
    for (Node node : context.graph().nodes()) {
      if (node.is("DequantizeLinear") && node.requiredInput(0).isConstant()) {
        Optional<Quantizer> weight = Quantizer.of(node).filter(CenterWeights::isAsymmetric);
        isChanged |= weight.isPresent() && center(context, weight.get(), results);
      } else if (node.is("QuantizeLinear") && node.requiredInput(0).isConstant()) {
        isChanged |= ConstantPairCentering.center(context, node);
      }
    }
    return isChanged;
  }

  /** Tells whether the type is uint8 or a zero point of int8 is not 0. */
  static boolean isAsymmetric(Quantizer quantizer) {
    boolean isRead =
        quantizer.isConstant()
            && quantizer.node().integer("block_size", 0) == 0
            && quantizer.scale().orElseThrow().elementType() == ElementType.FLOAT;
    return isRead
        && switch (quantizer.codeType()) {
          case UINT8 -> true;
          case INT8 -> !quantizer.zeroPoint().map(ZeroPoints::areZero).orElse(true);
          default -> false;
        };
  }

  private static boolean center(
      RepairContext context, Quantizer weight, Map<Source, Result> results) {
    Tensor codes = weight.data().constant().orElseThrow();
    WeightReading reading = reading(weight);
    Optional<Tensor> values = reading.dequantize(codes);
    if (values.isEmpty()) {
      return false;
    }
    Site site = Site.of(weight.node(), weight.data());
    String found = description(weight);
    if (!WeightRounding.areFinite(values.get())) {
      context.refused(
          Defect.ASYMMETRIC_WEIGHT, site, found, "codes times scale are beyond float32");
      return false;
    }
    OptionalInt axis = axis(List.of(weight), values.get().shape());
    Source source = source(weight, axis);
    Result result = results.get(source);
    if (result == null) {
      result =
          reading.isExact(codes)
              ? shift(context, weight, reading)
              : requantize(context, weight, values.get(), axis);
      results.put(source, result);
    }
    connect(context, weight.node(), result);
    context.repaired(Defect.ASYMMETRIC_WEIGHT, site, found, result.done());
    return true;
  }

  private static WeightReading reading(Quantizer weight) {
    return new WeightReading(weight.scale().orElseThrow(), weight.zeroPoint(), weight.axis());
  }

  private static Source source(Quantizer weight, OptionalInt axis) {
    return new Source(
        weight.data(),
        weight.scale().orElseThrow().bytes(),
        weight.zeroPoint().map(Tensor::bytes),
        weight.axis() + " " + axis);
  }

  /** Returns the axis for the readers, else the one the scales stand along. */
  static OptionalInt axis(List<Quantizer> weights, Shape shape) {
    OptionalInt best = WeightAxis.of(weights.stream().map(Quantizer::output).toList(), shape);
    Quantizer first = weights.get(0);
    long axis = first.axis();
    boolean isPerAxis = first.scale().orElseThrow().shape().elementCount() > 1;
    boolean isTransposed =
        weights.stream()
            .flatMap(weight -> weight.output().uses().stream())
            .anyMatch(use -> use.node().is(CONV_TRANSPOSE));
    return best.isPresent() || !isPerAxis || isTransposed
        ? best
        : OptionalInt.of(Math.toIntExact(axis < 0 ? axis + shape.rank() : axis));
  }

  private static Result shift(RepairContext context, Quantizer weight, WeightReading reading) {
    Value codes =
        context
            .rewriter()
            .addInitializer(
                context.rewriter().freeName(weight.data() + "_int8"),
                weight.data(),
                ElementType.INT8,
                reading::shifted);
    return new Result(
        codes,
        weight.node().requiredInput(1),
        OptionalInt.empty(),
        true,
        "codes int8 with zero point 0, every number as before");
  }

  private static Result requantize(
      RepairContext context, Quantizer weight, Tensor values, OptionalInt axis) {
    WeightReading reading = reading(weight);
    WeightRounding rounding = WeightRounding.of(values, axis).orElseThrow();
    Value codes =
        context
            .rewriter()
            .addInitializer(
                context.rewriter().freeName(weight.data() + "_int8"),
                weight.data(),
                ElementType.INT8,
                stored -> rounding.codes(reading.dequantize(stored).orElseThrow()));
    context.holdsNoLowestCode(codes);
    return new Result(
        codes,
        context.addConstant(weight.data() + "_scale", rounding.scale()),
        axis,
        false,
        account(values, rounding));
  }

  /** Says how floats were quantized and what it cost. */
  static String account(Tensor values, WeightRounding rounding) {
    OptionalInt axis = rounding.parameters().axis();
    return "quantized anew to int8 with zero point 0 %s, largest error %.3f of the scale"
        .formatted(
            axis.isPresent() ? "along axis " + axis.getAsInt() : "with one scale",
            rounding.largestShare(values));
  }

  private static void connect(RepairContext context, Node node, Result result) {
    context.rewriter().replaceInput(new Use(node, 0), result.codes());
    Shape shape = result.scale().constantShape().orElseThrow();
    context.setParameters(List.of(node), result.scale(), context.int8Zeros(shape));
    if (!result.isExact()) {
      context.setAxis(node, result.axis());
    }
  }

  /** Returns what is there, for example {@code uint8 codes, zero point 128}. */
  static String description(Quantizer weight) {
    int[] zeros = weight.zeroPoint().flatMap(ZeroPoints::of).orElse(new int[] {0});
    return "%s codes, %s"
        .formatted(
            weight.codeType(),
            zeros.length == 1 ? "zero point " + zeros[0] : zeros.length + " zero points");
  }
}
