/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.tensorrt.EngineTensor;
import io.github.quant4j.tensorrt.ShapeProfile;
import io.github.quant4j.tensorrt.ShapeRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is run on where only its speed counts: random floating-point numbers of magnitudes
 * from 0.5 to 1, and zeros of every other type, which are valid as indices too. The same numbers
 * for the same shapes.
 */
final class EngineInputs {
  private static final long SEED = 1;

  /** The exponent that such a number has, above the bits of its fraction. */
  private static final int EXPONENT_FLOAT = 0x3F00_0000;

  private static final int FRACTION_FLOAT = 0x807F_FFFF;
  private static final int EXPONENT_FLOAT16 = 0x3800;
  private static final int FRACTION_FLOAT16 = 0x83FF;

  private EngineInputs() {}

  /**
   * Returns a tensor for each input.
   *
   * @param inputs what the engine takes
   * @param profile shapes, of which the one the engine is fastest at is taken for axes of any size
   * @param batch the size of the first axis where the engine leaves it open, null for that of the
   *     profile
   */
  static Map<String, Tensor> of(
      List<EngineTensor> inputs, ShapeProfile profile, @Nullable Integer batch) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (EngineTensor input : inputs) {
      Shape shape = shape(input, profile.ranges().get(input.name()), batch);
      tensors.put(input.name(), tensor(input.elementType(), shape, random));
    }
    return tensors;
  }

  private static Shape shape(
      EngineTensor input, @Nullable ShapeRange range, @Nullable Integer batch) {
    long[] sizes = input.dimensions().stream().mapToLong(Long::longValue).toArray();
    for (int axis = 0; axis < sizes.length; axis++) {
      if (sizes[axis] >= 0) {
        continue;
      }
      if (axis == 0 && batch != null) {
        sizes[axis] = batch;
      } else if (range != null && range.opt().rank() == sizes.length) {
        sizes[axis] = range.opt().dimension(axis);
      } else {
        throw new CommandException(
            "engine has input '" + input + "' with axes of any size; give them with --shapes");
      }
    }
    return Shape.of(sizes);
  }

  private static Tensor tensor(ElementType type, Shape shape, RandomGenerator random) {
    int bytes = Math.toIntExact((shape.elementCount() * type.bitWidth() + 7) / 8);
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.remaining() >= Float.BYTES && type == ElementType.FLOAT) {
      buffer.putInt((random.nextInt() & FRACTION_FLOAT) | EXPONENT_FLOAT);
    }
    while (buffer.remaining() >= Short.BYTES && type == ElementType.FLOAT16) {
      buffer.putShort((short) ((random.nextInt() & FRACTION_FLOAT16) | EXPONENT_FLOAT16));
    }
    while (buffer.remaining() >= Short.BYTES && type == ElementType.BFLOAT16) {
      buffer.putShort((short) (((random.nextInt() & FRACTION_FLOAT) | EXPONENT_FLOAT) >> 16));
    }
    return Tensor.of(type, shape, buffer.clear());
  }
}
