/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.ModelBuilder.integer;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes small quantized models. As in {@link ModelBuilder}, a node and its output carry one name,
 * and every call returns the name of what it added; codes are random, the same for the same name.
 */
final class QdqGraph {
  private final ModelBuilder builder = ModelBuilder.create();

  /** Returns the builder below, for float operators and all that has no call here. */
  ModelBuilder builder() {
    return builder;
  }

  String input(String name, Object... dimensions) {
    return builder.input(name, dimensions);
  }

  /** Adds a QuantizeLinear with constants of rank 0. */
  String quantize(String name, String input, float scale, ElementType type, int zeroPoint) {
    return builder.add("QuantizeLinear", name, parameters(name, input, scale, type, zeroPoint));
  }

  /** Adds a DequantizeLinear with constants of rank 0. */
  String dequantize(String name, String codes, float scale, ElementType type, int zeroPoint) {
    return builder.add("DequantizeLinear", name, parameters(name, codes, scale, type, zeroPoint));
  }

  private List<String> parameters(
      String name, String data, float scale, ElementType type, int zeroPoint) {
    List<String> inputs = new ArrayList<>(List.of(data));
    inputs.addAll(parameters(name, scale, type, zeroPoint));
    return inputs;
  }

  /** Adds a pair of symmetric int8, {@code <name>.q} and the DequantizeLinear of the name given. */
  String pair(String name, String input, float scale) {
    return pair(name, input, scale, ElementType.INT8, 0);
  }

  /** Adds a pair, {@code <name>.q} and the DequantizeLinear of the name given. */
  String pair(String name, String input, float scale, ElementType type, int zeroPoint) {
    return dequantize(
        name, quantize(name + ".q", input, scale, type, zeroPoint), scale, type, zeroPoint);
  }

  /** Adds an int8 constant behind a DequantizeLinear with one scale per index of an axis. */
  String weight(String name, int axis, long... dimensions) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    byte[] codes = new byte[(int) Shape.of(dimensions).elementCount()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) random.nextInt(-127, 128);
    }
    float[] scales = new float[(int) dimensions[axis]];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) random.nextDouble(0.001, 0.01);
    }
    return weight(
        name,
        axis,
        Tensor.ofBytes(ElementType.INT8, Shape.of(dimensions), codes),
        Tensor.ofFloats(Shape.of(scales.length), scales));
  }

  /** Adds given int8 or uint8 codes behind a DequantizeLinear with zero points of 0. */
  String weight(String name, int axis, Tensor codes, Tensor scales) {
    byte[] zeros = new byte[(int) scales.shape().elementCount()];
    List<String> inputs =
        List.of(
            builder.constant(name + ".codes", codes),
            builder.constant(name + ".scale", scales),
            builder.constant(
                name + ".zp", Tensor.ofBytes(codes.elementType(), scales.shape(), zeros)));
    return builder.add("DequantizeLinear", name, inputs, integer("axis", axis));
  }

  /** Adds an int32 constant behind a DequantizeLinear along axis 0 without zero point. */
  String bias(String name, int[] codes, float... scales) {
    List<String> inputs =
        List.of(
            builder.constant(name + ".codes", Tensor.ofInts(Shape.of(codes.length), codes)),
            builder.constant(name + ".scale", Tensor.ofFloats(Shape.of(scales.length), scales)));
    return builder.add("DequantizeLinear", name, inputs, integer("axis", 0));
  }

  /** Adds a Conv of stride 1 that keeps height and width. */
  String conv(String name, int kernel, String... inputs) {
    long pad = kernel / 2;
    return builder.add(
        "Conv",
        name,
        Arrays.asList(inputs),
        ModelBuilder.integers("kernel_shape", kernel, kernel),
        ModelBuilder.integers("pads", pad, pad, pad, pad));
  }

  /** Adds a Conv of stride 1 with an int8 weight of its own, {@code <name>.w}, without bias. */
  String int8Conv(String name, String input, int inputs, int outputs, int kernel) {
    return conv(name, kernel, input, weight(name + ".w", 0, outputs, inputs, kernel, kernel));
  }

  /** Adds a scale {@code <name>.scale} and a zero point {@code <name>.zp} of rank 0. */
  List<String> parameters(String name, float scale, ElementType type, int zeroPoint) {
    return List.of(
        builder.constant(name + ".scale", Tensor.ofFloats(Shape.of(), scale)),
        builder.constant(name + ".zp", Tensor.ofBytes(type, Shape.of(), (byte) zeroPoint)));
  }

  /** Adds random codes of any value. */
  String codes(String name, ElementType type, long... dimensions) {
    byte[] codes = new byte[(int) Shape.of(dimensions).elementCount()];
    SplittableRandom random = new SplittableRandom(name.hashCode());
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) random.nextInt(256);
    }
    return builder.constant(name, Tensor.ofBytes(type, Shape.of(dimensions), codes));
  }

  /**
   * Adds random codes with scales of 0.002, 0.003 and so on, and zero points of 0, for uint8 of
   * 120, 121 and so on; one of each has rank 0. Returns the names of codes, scale and zero point.
   */
  List<String> operand(String name, ElementType type, int scales, long... dimensions) {
    codes(name, type, dimensions);
    float[] scale = new float[scales];
    byte[] zeros = new byte[scales];
    for (int i = 0; i < scales; i++) {
      scale[i] = 0.002f + 0.001f * i;
      zeros[i] = (byte) (type == ElementType.UINT8 ? 120 + i : 0);
    }
    Shape shape = scales == 1 ? Shape.of() : Shape.of(scales);
    return List.of(
        name,
        builder.constant(name + ".scale", Tensor.ofFloats(shape, scale)),
        builder.constant(name + ".zp", Tensor.ofBytes(type, shape, zeros)));
  }

  /** Adds an operator of the domain com.microsoft. */
  String microsoft(String opType, String name, List<String> inputs, AttributeProto... attributes) {
    builder.add(opType, name, inputs, attributes);
    builder.graph().getNodeBuilder(builder.graph().getNodeCount() - 1).setDomain("com.microsoft");
    if (builder.model().getOpsetImportCount() == 1) {
      builder.model().addOpsetImportBuilder().setDomain("com.microsoft").setVersion(1);
    }
    return name;
  }

  OnnxModel build(String... outputs) {
    Arrays.stream(outputs).forEach(builder::output);
    return builder.build();
  }
}
