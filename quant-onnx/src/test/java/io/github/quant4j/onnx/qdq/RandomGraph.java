/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Writes random sound graphs of convolutions, Adds, Concats, pooling, padding, resizing, copies,
 * activations, normalization and products. Every tensor so far may be read again, so graphs branch,
 * join and leave readers float.
 */
final class RandomGraph {
  private final SplittableRandom random;
  private final ModelBuilder builder = ModelBuilder.create();
  private final List<Plane> planes = new ArrayList<>();
  private final List<String> unread = new ArrayList<>();
  private int count;

  private RandomGraph(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Returns a model of one input "x" of [2, 16, 8, 8]. */
  static OnnxModel of(long seed) {
    RandomGraph graph = new RandomGraph(seed);
    graph.planes.add(new Plane(graph.builder.input("x", 2, 16, 8, 8), 16, 8));
    int size = graph.random.nextInt(3, 25);
    for (int i = 0; i < size; i++) {
      graph.grow();
    }
    graph.unread.forEach(graph.builder::output);
    return graph.builder.build();
  }

  private void grow() {
    Plane plane = planes.get(Math.max(0, planes.size() - 1 - random.nextInt(4)));
    switch (random.nextInt(21)) {
      case 0, 1, 2 -> convolution(plane);
      case 3 -> add(plane, "Relu", plane.channels, plane.size, List.of(plane.name));
      case 4 -> add(plane, "Clip", plane.channels, plane.size, List.of(plane.name));
      case 5, 6 -> residual(plane);
      case 7 -> maxPool(plane);
      case 8 -> averagePool(plane);
      case 9 -> normalization(plane);
      case 10 -> pad(plane);
      case 11, 12, 13 -> concat(plane);
      case 14 -> resize(plane);
      case 15 -> transpose(plane);
      case 16 -> swish(plane);
      case 17 -> samePool(plane);
      case 18 -> broadcastAdd(plane);
      case 19 -> projection(plane);
      default -> head(plane);
    }
  }

  private void convolution(Plane plane) {
    boolean isDepthwise = random.nextInt(4) == 0;
    int outputs = isDepthwise ? plane.channels : 8 * random.nextInt(1, 4);
    int kernel = isDepthwise || random.nextBoolean() ? 3 : 1;
    String name = name("conv");
    builder.conv(name, plane.name, plane.channels, outputs, kernel, isDepthwise ? outputs : 1);
    note(plane, new Plane(name, outputs, plane.size));
  }

  private void residual(Plane plane) {
    List<Plane> partners =
        planes.stream()
            .filter(p -> p.channels == plane.channels && p.size == plane.size && !p.equals(plane))
            .toList();
    if (!partners.isEmpty()) {
      Plane partner = partners.get(random.nextInt(partners.size()));
      unread.remove(partner.name);
      add(plane, "Add", plane.channels, plane.size, List.of(plane.name, partner.name));
    }
  }

  private void maxPool(Plane plane) {
    if (plane.size >= 4) {
      String name = name("pool");
      builder.maxPool(name, plane.name);
      note(plane, new Plane(name, plane.channels, plane.size / 2));
    }
  }

  private void averagePool(Plane plane) {
    String name = name("average");
    builder.add("GlobalAveragePool", name, List.of(plane.name));
    note(plane, new Plane(name, plane.channels, 1));
  }

  private void normalization(Plane plane) {
    String name = name("bn");
    builder.batchNormalization(name, plane.name, plane.channels);
    note(plane, new Plane(name, plane.channels, plane.size));
  }

  private void pad(Plane plane) {
    String name = name("pad");
    builder.longs(name + ".pads", 0, 0, 1, 1, 0, 0, 1, 1);
    builder.constant(name + ".value", Tensor.ofFloats(Shape.of(), random.nextBoolean() ? 0 : 0.5f));
    builder.add("Pad", name, List.of(plane.name, name + ".pads", name + ".value"));
    note(plane, new Plane(name, plane.channels, plane.size + 2));
  }

  private void concat(Plane plane) {
    List<Plane> partners = planes.stream().filter(p -> p.size == plane.size).toList();
    List<String> inputs = new ArrayList<>(List.of(plane.name));
    int channels = plane.channels;
    for (int i = random.nextInt(1, 4); i > 0 && channels < 64; i--) {
      Plane partner = partners.get(random.nextInt(partners.size()));
      unread.remove(partner.name);
      inputs.add(partner.name);
      channels += partner.channels;
    }
    String name = name("concat");
    builder.add("Concat", name, inputs, ModelBuilder.integer("axis", 1));
    note(plane, new Plane(name, channels, plane.size));
  }

  private void resize(Plane plane) {
    if (plane.size <= 8) {
      String name = name("resize");
      builder.constant(name + ".scales", Tensor.ofFloats(Shape.of(4), 1, 1, 2, 2));
      String mode = random.nextBoolean() ? "nearest" : "linear";
      builder.add(
          "Resize",
          name,
          List.of(plane.name, "", name + ".scales"),
          ModelBuilder.text("mode", mode));
      note(plane, new Plane(name, plane.channels, plane.size * 2));
    }
  }

  private void transpose(Plane plane) {
    String name = name("transpose");
    builder.add("Transpose", name, List.of(plane.name), ModelBuilder.integers("perm", 0, 1, 3, 2));
    note(plane, new Plane(name, plane.channels, plane.size));
  }

  /** SiLU as exporters write it, or HardSwish. */
  private void swish(Plane plane) {
    if (random.nextBoolean()) {
      add(plane, "HardSwish", plane.channels, plane.size, List.of(plane.name));
      return;
    }
    String gate = builder.add("Sigmoid", name("sigmoid"), List.of(plane.name));
    add(plane, "Mul", plane.channels, plane.size, List.of(plane.name, gate));
  }

  private void samePool(Plane plane) {
    String name = name("same");
    builder.add(
        random.nextBoolean() ? "MaxPool" : "AveragePool",
        name,
        List.of(plane.name),
        ModelBuilder.integers("kernel_shape", 3, 3),
        ModelBuilder.integers("pads", 1, 1, 1, 1));
    note(plane, new Plane(name, plane.channels, plane.size));
  }

  /** A convolution plus its largest values, before another convolution. */
  private void broadcastAdd(Plane plane) {
    Plane left = convolutionOf(plane, plane.channels);
    String gate = builder.add("GlobalMaxPool", name("gate"), List.of(left.name));
    add(left, "Add", plane.channels, plane.size, List.of(left.name, gate));
    convolution(planes.get(planes.size() - 1));
  }

  /** Two convolutions joined by an Add, as they are, or each behind an activation. */
  private void projection(Plane plane) {
    boolean areActivated = random.nextBoolean();
    Plane left = convolutionOf(plane, 16);
    Plane right = convolutionOf(plane, 16);
    if (areActivated) {
      add(left, "Relu", 16, plane.size, List.of(left.name));
      left = planes.get(planes.size() - 1);
      add(right, "HardSwish", 16, plane.size, List.of(right.name));
      right = planes.get(planes.size() - 1);
    }
    unread.remove(right.name);
    add(left, "Add", 16, plane.size, List.of(left.name, right.name));
    if (areActivated) {
      convolution(planes.get(planes.size() - 1));
    }
  }

  private Plane convolutionOf(Plane plane, int outputs) {
    String name = name("conv");
    builder.conv(name, plane.name, plane.channels, outputs, 1);
    note(plane, new Plane(name, outputs, plane.size));
    return planes.get(planes.size() - 1);
  }

  private void head(Plane plane) {
    String flat = name("flat");
    if (random.nextBoolean()) {
      builder.add("Flatten", flat, List.of(plane.name));
    } else {
      builder.longs(flat + ".shape", 0, -1);
      builder.add("Reshape", flat, List.of(plane.name, flat + ".shape"));
    }
    unread.remove(plane.name);
    int features = plane.channels * plane.size * plane.size;
    unread.add(builder.gemm(name("gemm"), flat, features, random.nextBoolean() ? 16 : 10));
  }

  private void add(Plane plane, String opType, int channels, int size, List<String> inputs) {
    String name = name(opType.toLowerCase(Locale.ROOT));
    builder.add(opType, name, inputs);
    note(plane, new Plane(name, channels, size));
  }

  private void note(Plane read, Plane written) {
    unread.remove(read.name);
    unread.add(written.name);
    planes.add(written);
  }

  private String name(String prefix) {
    return prefix + count++;
  }

  private record Plane(String name, int channels, int size) {}
}
