/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.ModelBuilder.integer;
import static io.github.quant4j.onnx.ModelBuilder.integers;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes quantized graphs of convolutions, products, residual Adds, Concats, pooling, padding,
 * copies and integer operators, sound or not, from bytes. Every tensor so far may be read again,
 * with its pair, with another one, or bare.
 */
final class RandomQdqGraph {
  private static final int MOST_OPERATORS = 24;

  private final Choices choices;
  private final ModelBuilder builder = ModelBuilder.create();
  private final RandomPairs pairs;
  private final List<Plane> planes = new ArrayList<>();
  private final List<String> unread = new ArrayList<>();
  private final Map<String, String> dequantized = new HashMap<>();
  private int count;

  private RandomQdqGraph(Choices choices) {
    this.choices = choices;
    this.pairs = new RandomPairs(builder, choices);
  }

  /** A model and what the user wants of its repair. */
  record Wish(OnnxModel model, QdqRepair repair, Target target) {}

  /** Returns a model of one input "x" of [1, 8, 8, 8], and the options of its repair. */
  static Wish of(byte[] bytes) {
    Choices choices = new Choices(bytes);
    Target target = choices.of(Target.TENSORRT, Target.TENSORRT, Target.ONNXRUNTIME);
    QdqRepair repair = QdqRepair.create().withTarget(target);
    switch (choices.below(3)) {
      case 1 -> repair = repair.withUndecidedCodes(CodeReading.SIGNED);
      case 2 -> repair = repair.withUndecidedCodes(CodeReading.UNSIGNED);
      default -> {}
    }
    return new Wish(new RandomQdqGraph(choices).build(), repair, target);
  }

  private OnnxModel build() {
    builder.opset(choices.of(17, 13, 21, 19, 13, 17, 17, 10));
    planes.add(new Plane(builder.input("x", 1, 8, 8, 8), 8, 8, false));
    convolution(planes.get(0));
    for (int i = 0; i < MOST_OPERATORS && choices.areLeft(); i++) {
      grow(planes.get(Math.max(0, planes.size() - 1 - choices.below(4))));
    }
    List.copyOf(unread).forEach(this::output);
    return builder.build();
  }

  private void grow(Plane plane) {
    switch (choices.below(20)) {
      case 0, 1, 2, 3 -> convolution(plane);
      case 4 -> unary("Relu", plane, true);
      case 5 -> clip(plane);
      case 6, 7, 8 -> residual(plane);
      case 9 -> maxPool(plane);
      case 10 -> average(plane);
      case 11 -> concat(plane);
      case 12 -> pad(plane);
      case 13 -> copy(plane);
      case 14 -> normalization(plane);
      case 15 -> head(plane);
      case 16 -> unary("Sigmoid", plane, true);
      case 17 -> transposedConvolution(plane);
      case 18 -> integerConvolution(plane);
      default -> dynamic(plane);
    }
  }

  /** Returns what a reader of a tensor reads: its pair, another pair, or the tensor itself. */
  private String read(Plane plane) {
    unread.remove(plane.name);
    if (pairs.defect(4) == 1) {
      return plane.name;
    }
    String known = dequantized.get(plane.name);
    if (known != null && choices.below(3) > 0) {
      return known;
    }
    String pair = pairs.pair(name("dq"), plane.name, plane.channels, plane.isNonNegative);
    dequantized.put(plane.name, pair);
    return pair;
  }

  /** Returns what an epilogue reads, which most exporters leave bare. */
  private String readByEpilogue(Plane plane) {
    if (choices.below(3) == 0) {
      return read(plane);
    }
    unread.remove(plane.name);
    return plane.name;
  }

  private void convolution(Plane plane) {
    String name = name("conv");
    int outputs = choices.of(8, 8, 16, 4);
    int kernel = choices.of(3, 1);
    List<String> inputs = new ArrayList<>(List.of(read(plane)));
    inputs.add(pairs.weight(name + ".w", 0, outputs, plane.channels, kernel, kernel));
    String bias = pairs.bias(name + ".b", outputs);
    if (!bias.isEmpty()) {
      inputs.add(bias);
    }
    int pad = kernel / 2;
    builder.add("Conv", name, inputs, integers("pads", pad, pad, pad, pad));
    note(new Plane(name, outputs, plane.size, false));
  }

  private void transposedConvolution(Plane plane) {
    if (plane.size > 8) {
      return;
    }
    String name = name("deconv");
    String weight = pairs.weight(name + ".w", choices.of(1, 0), plane.channels, 8, 2, 2);
    builder.add("ConvTranspose", name, List.of(read(plane), weight), integers("strides", 2, 2));
    note(new Plane(name, 8, plane.size * 2, false));
  }

  private void residual(Plane plane) {
    List<Plane> partners =
        planes.stream()
            .filter(p -> p.channels == plane.channels && p.size == plane.size && !p.equals(plane))
            .toList();
    if (!partners.isEmpty()) {
      Plane partner = partners.get(choices.below(partners.size()));
      String name = name("add");
      builder.sum(name, read(plane), readByEpilogue(partner));
      note(new Plane(name, plane.channels, plane.size, false));
    }
  }

  private void unary(String opType, Plane plane, boolean isNonNegative) {
    String name = name("f");
    builder.add(opType, name, List.of(readByEpilogue(plane)));
    note(new Plane(name, plane.channels, plane.size, isNonNegative));
  }

  private void clip(Plane plane) {
    String name = name("clip");
    String low = pairs.constant(name + ".min", Tensor.ofFloats(Shape.of(), 0));
    String high = pairs.constant(name + ".max", Tensor.ofFloats(Shape.of(), 6));
    builder.add("Clip", name, List.of(readByEpilogue(plane), low, high));
    note(new Plane(name, plane.channels, plane.size, true));
  }

  private void maxPool(Plane plane) {
    if (plane.size >= 4) {
      String name = name("pool");
      builder.maxPool(name, read(plane));
      note(new Plane(name, plane.channels, plane.size / 2, plane.isNonNegative));
    }
  }

  private void average(Plane plane) {
    String name = name("average");
    builder.add("GlobalAveragePool", name, List.of(read(plane)));
    note(new Plane(name, plane.channels, 1, plane.isNonNegative));
  }

  private void concat(Plane plane) {
    List<Plane> partners = planes.stream().filter(p -> p.size == plane.size).toList();
    Plane partner = partners.get(choices.below(partners.size()));
    if (plane.channels + partner.channels <= 32) {
      String name = name("concat");
      builder.add("Concat", name, List.of(read(plane), read(partner)), integer("axis", 1));
      boolean isNonNegative = plane.isNonNegative && partner.isNonNegative;
      note(new Plane(name, plane.channels + partner.channels, plane.size, isNonNegative));
    }
  }

  private void pad(Plane plane) {
    String name = name("pad");
    String pads =
        pairs.constant(name + ".pads", Tensor.ofLongs(Shape.of(8), 0, 0, 1, 1, 0, 0, 1, 1));
    builder.add("Pad", name, List.of(readByEpilogue(plane), pads));
    note(new Plane(name, plane.channels, plane.size + 2, plane.isNonNegative));
  }

  private void copy(Plane plane) {
    String name = name("transpose");
    builder.add("Transpose", name, List.of(read(plane)), integers("perm", 0, 1, 3, 2));
    note(new Plane(name, plane.channels, plane.size, plane.isNonNegative));
  }

  private void normalization(Plane plane) {
    String name = name("bn");
    builder.batchNormalization(name, readByEpilogue(plane), plane.channels);
    note(new Plane(name, plane.channels, plane.size, false));
  }

  private void head(Plane plane) {
    String name = name("gemm");
    builder.add("Flatten", name + ".flat", List.of(read(plane)));
    Plane flat = new Plane(name + ".flat", plane.channels * plane.size * plane.size, 0, false);
    List<String> inputs = new ArrayList<>(List.of(choices.below(2) == 0 ? flat.name : read(flat)));
    inputs.add(pairs.weight(name + ".w", 0, 10, flat.channels));
    String bias = pairs.bias(name + ".b", 10);
    if (!bias.isEmpty()) {
      inputs.add(bias);
    }
    float alpha = pairs.defect(2) == 1 ? 0.5f : 1;
    builder.add("Gemm", name, inputs, integer("transB", 1), ModelBuilder.real("alpha", alpha));
    unread.add(name);
  }

  /** A QLinearConv between a QuantizeLinear and a DequantizeLinear of its own. */
  private void integerConvolution(Plane plane) {
    if (pairs.defect(2) == 0) {
      return;
    }
    String name = name("qlinear");
    unread.remove(plane.name);
    String scale = builder.constant(name + ".s", Tensor.ofFloats(Shape.of(), 0.05f));
    ElementType type = choices.of(ElementType.INT8, ElementType.UINT8);
    String zero = builder.constant(name + ".z", Tensor.ofBytes(type, Shape.of(), (byte) 3));
    byte[] codes = new byte[8 * plane.channels];
    String weight =
        builder.constant(
            name + ".w",
            Tensor.ofBytes(ElementType.INT8, Shape.of(8, plane.channels, 1, 1), codes));
    String none =
        builder.constant(name + ".wz", Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) 0));
    builder.add("QuantizeLinear", name + ".q", List.of(plane.name, scale, zero));
    builder.add(
        "QLinearConv",
        name + ".conv",
        List.of(name + ".q", scale, zero, weight, scale, none, scale, zero));
    builder.add("DequantizeLinear", name, List.of(name + ".conv", scale, zero));
    note(new Plane(name, 8, plane.size, false));
  }

  private void dynamic(Plane plane) {
    if (pairs.defect(4) != 1) {
      return;
    }
    String name = name("dynamic");
    unread.remove(plane.name);
    builder.add("DynamicQuantizeLinear", name + ".q", List.of(plane.name));
    builder.outputs(name + ".s", name + ".z");
    builder.add("DequantizeLinear", name, List.of(name + ".q", name + ".s", name + ".z"));
    note(new Plane(name, plane.channels, plane.size, false));
  }

  private void output(String name) {
    boolean isQuantized = choices.below(4) == 1;
    builder.output(isQuantized ? pairs.pair(name + ".out", name, 1, false) : name);
  }

  private void note(Plane written) {
    unread.add(written.name);
    planes.add(written);
  }

  private String name(String prefix) {
    return prefix + count++;
  }

  private record Plane(String name, int channels, int size, boolean isNonNegative) {}
}
