/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes random sound models of what normalization works on: operators with weights, chains of
 * BatchNormalization and constant arithmetic, Dropout and other nodes that do nothing, weights that
 * are computed from constants, shared constants, values read twice, captured, or by nothing.
 */
final class RandomModel {
  private final SplittableRandom random;
  private final ModelBuilder builder = ModelBuilder.create();
  private final List<Plane> planes = new ArrayList<>();
  private int count;

  private RandomModel(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Returns a model of one input "x" of [2, 4, 6, 6]. */
  static OnnxModel of(long seed) {
    RandomModel model = new RandomModel(seed);
    model.planes.add(new Plane(model.builder.input("x", 2, 4, 6, 6), 4, 6));
    int size = model.random.nextInt(4, 20);
    for (int i = 0; i < size; i++) {
      model.grow();
    }
    model.end();
    return model.builder.build();
  }

  private void grow() {
    // Mostly the newest, so that chains come about; at times an older one, which then branches.
    int back = random.nextInt(5) == 0 ? random.nextInt(planes.size()) : 0;
    Plane plane = planes.get(planes.size() - 1 - back);
    String name = "v" + count++;
    switch (random.nextInt(10)) {
      case 0, 1 -> convolution(name, plane);
      case 2 -> transposed(name, plane);
      case 3, 4 -> keep(plane, builder.batchNormalization(name, plane.name, plane.channels));
      case 5, 6, 7 -> arithmetic(name, plane);
      case 8 -> noOp(name, plane);
      default -> keep(plane, builder.relu(name, plane.name));
    }
  }

  private void convolution(String name, Plane plane) {
    int outputs = random.nextInt(1, 6);
    int kernel = plane.size >= 3 && random.nextBoolean() ? 3 : 1;
    int pad = random.nextInt(3) == 0 ? kernel / 2 : 0;
    builder.add(
        "Conv",
        name,
        inputs(name, plane, outputs, outputs, plane.channels, kernel, kernel),
        ModelBuilder.integers("pads", pad, pad, pad, pad));
    planes.add(new Plane(name, outputs, plane.size + 2 * pad - kernel + 1));
  }

  private void transposed(String name, Plane plane) {
    int groups = plane.channels % 2 == 0 ? 2 : 1;
    int perGroup = random.nextInt(1, 4);
    builder.add(
        "ConvTranspose",
        name,
        inputs(name, plane, groups * perGroup, plane.channels, perGroup, 1, 1),
        ModelBuilder.integer("group", groups));
    planes.add(new Plane(name, groups * perGroup, plane.size));
  }

  private List<String> inputs(String name, Plane plane, int outputs, long... weight) {
    List<String> inputs = new ArrayList<>(List.of(plane.name, weight(name + ".W", weight)));
    if (random.nextBoolean()) {
      inputs.add(builder.weight(name + ".b", outputs));
    }
    return inputs;
  }

  /** Adds a weight that is a constant, a Constant node, or computed from constants. */
  private String weight(String name, long... dimensions) {
    switch (random.nextInt(5)) {
      case 0 -> {
        Tensor value = ModelBuilder.random(name.hashCode(), 0.5, dimensions);
        return builder.add("Constant", name, List.of(), ModelBuilder.tensor("value", value));
      }
      case 1 -> {
        long[] turned = {dimensions[3], dimensions[2], dimensions[1], dimensions[0]};
        builder.add("Identity", name + ".i", List.of(builder.weight(name + ".t", turned)));
        return builder.add("Transpose", name, List.of(name + ".i"));
      }
      case 2 -> {
        builder.weight(name + ".flat", Shape.of(dimensions).elementCount());
        builder.longs(name + ".shape", dimensions);
        builder.add("Dropout", name + ".d", List.of(name + ".flat"));
        return builder.add("Reshape", name, List.of(name + ".d", name + ".shape"));
      }
      case 3 -> {
        builder.constant(name + ".factor", Tensor.ofFloats(Shape.of(), 0.75f));
        return builder.add(
            "Mul", name, List.of(builder.weight(name + ".u", dimensions), name + ".factor"));
      }
      default -> {
        return builder.weight(name, dimensions);
      }
    }
  }

  private void arithmetic(String name, Plane plane) {
    String opType = List.of("Add", "Sub", "Mul", "Div").get(random.nextInt(4));
    long[] shape =
        switch (random.nextInt(5)) {
          case 0 -> new long[0];
          case 1 -> new long[] {plane.channels, 1, 1};
          case 2 -> new long[] {1, plane.channels, 1, 1};
          case 3 -> new long[] {plane.size};
          default -> new long[] {1};
        };
    float[] values = new float[Math.toIntExact(Shape.of(shape).elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.5f + random.nextInt(100) / 100f;
    }
    builder.constant(name + ".k", Tensor.ofFloats(Shape.of(shape), values));
    boolean isSecond = opType.equals("Div") || random.nextBoolean();
    List<String> inputs =
        isSecond ? List.of(plane.name, name + ".k") : List.of(name + ".k", plane.name);
    keep(plane, builder.add(opType, name, inputs));
  }

  private void noOp(String name, Plane plane) {
    switch (random.nextInt(4)) {
      case 0 -> builder.add("Dropout", name, List.of(plane.name));
      case 1 -> builder.add("Identity", name, List.of(plane.name));
      case 2 -> builder.add("Concat", name, List.of(plane.name), ModelBuilder.integer("axis", 1));
      default -> {
        String pads = builder.longs(name + ".half", 0, 0, 0, 0);
        builder.add("Concat", name + ".pads", List.of(pads, pads), ModelBuilder.integer("axis", 0));
        builder.add("Pad", name, List.of(plane.name, name + ".pads"));
      }
    }
    keep(plane, name);
  }

  private void keep(Plane plane, String name) {
    planes.add(new Plane(name, plane.channels, plane.size));
  }

  /** Makes the newest value an output, and now and then ends with products or a body. */
  private void end() {
    Plane last = planes.get(planes.size() - 1);
    builder.output(last.name);
    if (random.nextInt(4) == 0) {
      Plane captured = planes.get(random.nextInt(planes.size()));
      builder.output(Bodies.choice(builder, "choice", captured.name), ElementType.FLOAT);
    }
    if (random.nextBoolean()) {
      head(last);
    }
  }

  private void head(Plane plane) {
    builder.add("Flatten", "flat", List.of(plane.name));
    int features = plane.channels * plane.size * plane.size;
    if (random.nextBoolean()) {
      builder.gemm("product", "flat", features, 5);
    } else {
      builder.add("MatMul", "product", List.of("flat", builder.weight("B", features, 5)));
    }
    builder.constant("row", ModelBuilder.random(8, 1, 1, 5));
    builder.sum("shifted", "product", "row");
    builder.output(builder.batchNormalization("head", "shifted", 5));
  }

  private record Plane(String name, int channels, int size) {}
}
