/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.ModelBuilder.integer;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes pairs, weights and biases the way exporters write them: in one of their manners throughout
 * the graph, and here and there with a defect of its own.
 */
final class RandomPairs {
  private final ModelBuilder builder;
  private final Choices choices;
  private final Manner manner;

  /** Of 4 places, how many have a defect. */
  private final int oddity;

  /** How an exporter writes the zero points of activations. */
  private enum Manner {
    SYMMETRIC,
    EAGER_SYMMETRIC,
    EAGER_AFFINE,
    UNSIGNED_AFFINE,
    UNSIGNED_CENTERED,
    UNSIGNED_FROM_ZERO,
    SIGNED_AFFINE,
    MIXED
  }

  RandomPairs(ModelBuilder builder, Choices choices) {
    this.builder = builder;
    this.choices = choices;
    this.oddity = choices.below(4);
    this.manner = choices.of(Manner.values());
  }

  /** Returns 0 at sound places, else one of the given number of defects, from 1. */
  int defect(int kinds) {
    return choices.below(8) < oddity ? 1 + choices.below(kinds) : 0;
  }

  /** Adds a constant, at odd places as nodes. */
  String constant(String name, Tensor tensor) {
    switch (defect(6)) {
      case 1, 2, 3 ->
          builder.add("Constant", name, List.of(), ModelBuilder.tensor("value", tensor));
      case 4 -> builder.add("Identity", name, List.of(builder.constant(name + ".hidden", tensor)));
      case 5 -> {
        builder.constant(name + ".hidden", tensor);
        int type = tensor.elementType().onnxCode();
        builder.add("Cast", name, List.of(name + ".hidden"), integer("to", type));
      }
      default -> builder.constant(name, tensor);
    }
    return name;
  }

  /** Adds a pair of the given name on a tensor of a rank above 1 with the given channels. */
  String pair(String name, String tensor, int channels, boolean isNonNegative) {
    int zeroPoint = zeroPoint(isNonNegative);
    ElementType type = type(tensor);
    float scale = choices.of(0.05f, 0.02f, 0.1f);
    String scaleName = constant(name + ".scale", Tensor.ofFloats(Shape.of(), scale));
    String zeroName = constant(name + ".zp", Tensor.ofBytes(type, Shape.of(), (byte) zeroPoint));
    String quantize = add("QuantizeLinear", name + ".q", tensor, scaleName, zeroName);
    boolean isEager = manner == Manner.EAGER_SYMMETRIC || manner == Manner.EAGER_AFFINE;
    String codes = isEager ? cast(name + ".cast", quantize, type) : quantize;
    return oddPair(name, tensor, channels, new Codes(quantize, codes, type, scaleName, zeroName));
  }

  /** Adds the DequantizeLinear, at odd places with a defect of the pair. */
  private String oddPair(String name, String tensor, int channels, Codes codes) {
    String zero = codes.zeroPoint;
    return switch (defect(14)) {
      case 1 -> dequantize(name, cast(name + ".c", codes.name, codes.type), codes.scale, zero);
      case 2 -> dequantize(name, codes.name, codes.scale, "");
      case 3 -> dequantize(name, codes.name, floats(name, 0.05f, Shape.of(1)), zero);
      case 4 -> dequantize(name, codes.name, floats(name, 0.07f, Shape.of()), zero);
      case 5 -> dequantize(name, codes.name, floats(name, 0, Shape.of()), zero);
      case 6 -> dequantize(name, codes.name, floats(name, Float.NaN, Shape.of()), zero);
      case 7 -> dequantize(name, codes.name, floats(name, 0.1f, Shape.of(channels)), "");
      case 8 -> perChannel(name, tensor, channels);
      case 9 -> repeated(name, dequantize(name + ".1", codes.name, codes.scale, zero), codes);
      case 10 -> twice(name, codes);
      case 11 -> ofMicrosoft(dequantize(name, codes.name, codes.scale, zero));
      case 12 -> {
        builder.constant(name + ".zp32", Tensor.ofInts(Shape.of(), 0));
        yield dequantize(name, codes.name, codes.scale, name + ".zp32");
      }
      case 13 -> computedScale(name, tensor, codes);
      case 14 -> {
        builder.output(codes.quantize, codes.type);
        yield dequantize(name, codes.name, codes.scale, zero);
      }
      default -> dequantize(name, codes.name, codes.scale, zero);
    };
  }

  private String perChannel(String name, String tensor, int channels) {
    String scale = floats(name, 0.1f, Shape.of(channels));
    byte[] zeros = new byte[channels];
    String zero =
        builder.constant(
            name + ".zeros", Tensor.ofBytes(ElementType.INT8, Shape.of(channels), zeros));
    List<String> inputs = List.of(tensor, scale, zero);
    builder.add("QuantizeLinear", name + ".pc", inputs, integer("axis", 1));
    List<String> read = List.of(name + ".pc", scale, zero);
    return choices.below(2) == 0
        ? builder.add("DequantizeLinear", name, read, integer("axis", 1))
        : builder.add("DequantizeLinear", name, read);
  }

  private String repeated(String name, String first, Codes codes) {
    String scale = choices.below(2) == 0 ? codes.scale : floats(name, 0.06f, Shape.of());
    String again = add("QuantizeLinear", name + ".again", first, scale, codes.zeroPoint);
    return dequantize(name, again, scale, codes.zeroPoint);
  }

  private String twice(String name, Codes codes) {
    String other = floats(name, choices.of(0.05f, 0.3f), Shape.of());
    builder.output(dequantize(name + ".2", codes.name, other, codes.zeroPoint));
    return dequantize(name, codes.name, codes.scale, codes.zeroPoint);
  }

  private String ofMicrosoft(String name) {
    builder.graph().getNodeBuilder(builder.graph().getNodeCount() - 1).setDomain("com.microsoft");
    return name;
  }

  private String computedScale(String name, String tensor, Codes codes) {
    builder.add("ReduceMax", name + ".max", List.of(tensor), integer("keepdims", 0));
    add("QuantizeLinear", name + ".dyn", tensor, name + ".max", codes.zeroPoint);
    return dequantize(name, name + ".dyn", name + ".max", codes.zeroPoint);
  }

  private String floats(String name, float value, Shape shape) {
    float[] values = new float[(int) shape.elementCount()];
    Arrays.fill(values, value);
    return builder.constant(name + ".other", Tensor.ofFloats(shape, values));
  }

  private String cast(String name, String codes, ElementType type) {
    return builder.add("Cast", name, List.of(codes), integer("to", type.onnxCode()));
  }

  private String dequantize(String name, String codes, String scale, String zeroPoint) {
    return add("DequantizeLinear", name, codes, scale, zeroPoint);
  }

  private String add(String opType, String name, String data, String scale, String zeroPoint) {
    List<String> inputs = new ArrayList<>(List.of(data, scale));
    if (!zeroPoint.isEmpty()) {
      inputs.add(zeroPoint);
    }
    return builder.add(opType, name, inputs);
  }

  private ElementType type(String tensor) {
    return switch (manner) {
      case SYMMETRIC, SIGNED_AFFINE -> ElementType.INT8;
      case EAGER_SYMMETRIC, EAGER_AFFINE ->
          tensor.equals("x") ? ElementType.INT8 : ElementType.UINT8;
      case UNSIGNED_AFFINE, UNSIGNED_CENTERED, UNSIGNED_FROM_ZERO -> ElementType.UINT8;
      case MIXED -> choices.of(ElementType.INT8, ElementType.UINT8);
    };
  }

  private int zeroPoint(boolean isNonNegative) {
    return switch (manner) {
      case SYMMETRIC, EAGER_SYMMETRIC, UNSIGNED_FROM_ZERO -> 0;
      case EAGER_AFFINE -> isNonNegative ? 128 : choices.of(-3, 5, 0);
      case UNSIGNED_AFFINE -> isNonNegative ? 0 : choices.of(117, 64, 131);
      case UNSIGNED_CENTERED -> 128;
      case SIGNED_AFFINE -> isNonNegative ? -128 : choices.of(-11, 0, 9);
      case MIXED -> choices.of(0, 128, 3);
    };
  }

  /** Adds a weight, at odd places with a defect. */
  String weight(String name, int axis, long... dimensions) {
    Shape shape = Shape.of(dimensions);
    int kind = defect(9);
    if (kind == 1) {
      return builder.weight(name, dimensions);
    }
    if (kind == 2) {
      return pair(name, builder.weight(name + ".f", dimensions), (int) dimensions[0], false);
    }
    ElementType type = kind == 3 ? ElementType.UINT8 : ElementType.INT8;
    byte[] codes = new byte[(int) shape.elementCount()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (i * 37 % 255 - (kind == 4 ? 128 : 127));
    }
    int count = kind == 5 ? 1 : (int) dimensions[axis];
    Shape parameters = kind == 5 && choices.below(2) == 0 ? Shape.of() : Shape.of(count);
    float[] scales = new float[count];
    Arrays.fill(scales, kind == 6 ? -0.01f : 0.01f);
    byte[] zeros = new byte[count];
    Arrays.fill(zeros, (byte) (kind == 3 ? 128 : kind == 7 ? 4 : 0));
    List<String> inputs = new ArrayList<>();
    inputs.add(constant(name + ".codes", Tensor.ofBytes(type, shape, codes)));
    inputs.add(constant(name + ".scale", Tensor.ofFloats(parameters, scales)));
    if (kind != 8) {
      inputs.add(constant(name + ".zp", Tensor.ofBytes(type, parameters, zeros)));
    }
    return kind == 9
        ? builder.add("DequantizeLinear", name, inputs)
        : builder.add("DequantizeLinear", name, inputs, integer("axis", axis));
  }

  /** Adds a bias, empty for none. */
  String bias(String name, int channels) {
    int kind = choices.below(5);
    if (kind < 2) {
      return kind == 0 ? "" : builder.weight(name, channels);
    }
    int[] codes = new int[channels];
    Arrays.setAll(codes, i -> 100 * i - 250);
    List<String> inputs = new ArrayList<>();
    inputs.add(constant(name + ".codes", Tensor.ofInts(Shape.of(channels), codes)));
    inputs.add(floats(name, 0.0005f, kind == 2 ? Shape.of() : Shape.of(channels)));
    if (kind == 4) {
      inputs.add(constant(name + ".zp", Tensor.ofInts(Shape.of(channels), new int[channels])));
    }
    return builder.add("DequantizeLinear", name, inputs, integer("axis", 0));
  }

  private record Codes(
      String quantize, String name, ElementType type, String scale, String zeroPoint) {}
}
