/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.tensorrt.EngineTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Inputs for a quantized model of which no samples were given: normal numbers, independent, that
 * reach the range of the input's QuantizeLinear at {@value #REACH} standard deviations, or of
 * deviation 1 where an input has none. The same for the same model.
 */
final class SyntheticSamples {
  private static final int SAMPLE_COUNT = 4;
  private static final double REACH = 3;
  private static final int LARGEST_CODE = 127;
  private static final long SEED = 1;

  /** Beyond this, a run would cost more than it tells. */
  private static final long LARGEST_COUNT = 1 << 26;

  private SyntheticSamples() {}

  /**
   * Returns batches of one sample, empty where an input is not float, or has an axis of unknown
   * size other than the first.
   */
  static Optional<List<TensorBatch>> of(OnnxModel model) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    List<TensorBatch> batches = new ArrayList<>();
    for (int i = 0; i < SAMPLE_COUNT; i++) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (Value input : model.graph().inputs()) {
        Optional<Shape> shape = shape(input);
        if (shape.isEmpty() || shape.get().elementCount() > LARGEST_COUNT) {
          return Optional.empty();
        }
        tensors.put(input.name(), normal(random, shape.get(), deviation(input)));
      }
      batches.add(TensorBatch.of(tensors));
    }
    return Optional.of(batches);
  }

  /**
   * Returns the inputs of one run: float ones as above, those of 16 bits of either sign and from
   * 0.5 to 1, integers and truth values all 1, which most models take as ids and masks.
   *
   * @param shapes the shape of every input
   * @throws VerificationException if an input is of another type
   */
  static Map<String, Tensor> of(OnnxModel model, Map<String, Shape> shapes) {
    return filled(
        model.graph().inputs().stream()
            .map(
                input ->
                    new Input(
                        input.name(),
                        input.type().elementType().orElse(ElementType.STRING),
                        deviation(input)))
            .toList(),
        shapes);
  }

  /** Returns the inputs of one run of an engine, likewise. */
  static Map<String, Tensor> of(List<EngineTensor> inputs, Map<String, Shape> shapes) {
    return filled(
        inputs.stream().map(input -> new Input(input.name(), input.elementType(), 1)).toList(),
        shapes);
  }

  private static Map<String, Tensor> filled(List<Input> inputs, Map<String, Shape> shapes) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Input input : inputs) {
      Shape shape = requireNonNull(shapes.get(input.name), input.name);
      tensors.put(
          input.name,
          switch (input.type) {
            case FLOAT -> normal(random, shape, input.deviation);
            case FLOAT16 -> halves(input.type, shape, () -> (random.nextInt() & 0x83FF) | 0x3800);
            case BFLOAT16 -> halves(input.type, shape, () -> (random.nextInt() & 0x807F) | 0x3F00);
            default -> ones(input, shape);
          });
    }
    return tensors;
  }

  private static Tensor halves(ElementType type, Shape shape, IntSupplier bits) {
    int byteCount = Math.toIntExact(Short.BYTES * shape.elementCount());
    ByteBuffer bytes = ByteBuffer.allocate(byteCount).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putShort((short) bits.getAsInt());
    }
    return Tensor.of(type, shape, bytes.flip());
  }

  private static Tensor ones(Input input, Shape shape) {
    int count = Math.toIntExact(shape.elementCount());
    return switch (input.type) {
      case INT64 -> Tensor.ofLongs(shape, LongStream.generate(() -> 1).limit(count).toArray());
      case INT32 -> Tensor.ofInts(shape, IntStream.generate(() -> 1).limit(count).toArray());
      case INT8, UINT8, BOOL -> {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) 1);
        yield Tensor.ofBytes(input.type, shape, bytes);
      }
      default ->
          throw new VerificationException(
              "input \"%s\" is of type %s, for which no samples can be made up; give samples"
                  .formatted(input.name, input.type));
    };
  }

  private static Optional<Shape> shape(Value input) {
    boolean isFloat = input.type().elementType().equals(Optional.of(ElementType.FLOAT));
    List<Dimension> dimensions = input.type().dimensions().orElse(List.of());
    long[] sizes = new long[dimensions.size()];
    for (int axis = 0; axis < sizes.length; axis++) {
      sizes[axis] = dimensions.get(axis) instanceof Dimension.Fixed fixed ? fixed.size() : -1;
      if (sizes[axis] < 0 && axis == 0) {
        sizes[axis] = 1;
      } else if (sizes[axis] < 1) {
        return Optional.empty();
      }
    }
    return isFloat && sizes.length > 0 ? Optional.of(Shape.of(sizes)) : Optional.empty();
  }

  private static double deviation(Value input) {
    return input.uses().stream()
        .map(Use::node)
        .filter(node -> node.is("QuantizeLinear"))
        .flatMap(node -> scale(node).stream())
        .findFirst()
        .map(scale -> scale * LARGEST_CODE / REACH)
        .orElse(1.0);
  }

  private static Optional<Double> scale(Node quantize) {
    return quantize
        .input(1)
        .flatMap(Value::constant)
        .filter(scale -> scale.elementType() == ElementType.FLOAT)
        .map(scale -> (double) scale.floats().get(0));
  }

  private static Tensor normal(RandomGenerator random, Shape shape, double deviation) {
    float[] values = new float[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return Tensor.ofFloats(shape, values);
  }

  /** An input to make numbers for, of this standard deviation. */
  private record Input(String name, ElementType type, double deviation) {}
}
