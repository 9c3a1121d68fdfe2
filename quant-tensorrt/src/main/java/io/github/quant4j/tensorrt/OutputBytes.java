/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Brings the bytes of an output from the staging memory to where the caller wants them. */
final class OutputBytes {

  private OutputBytes() {}

  /**
   * The size of an output.
   *
   * @throws TensorRtException if it is more than a buffer can hold
   */
  static int count(EngineTensor output, Shape shape) {
    int width = output.elementType().bitWidth();
    if (shape.elementCount() > (long) Integer.MAX_VALUE * Byte.SIZE / width) {
      throw new TensorRtException(
          "output '%s' is %s%s, expected at most %s bytes"
              .formatted(output.name(), output.elementType(), shape, Integer.MAX_VALUE));
    }
    return (int) ((shape.elementCount() * width + Byte.SIZE - 1) / Byte.SIZE);
  }

  /**
   * Returns when every buffer is for an output.
   *
   * @throws EngineOutputException naming the first that is not
   */
  static void requireKnown(List<EngineTensor> outputs, Map<String, ByteBuffer> targets) {
    // Loops that make no object, as this is on the way of every run.
    int knownCount = 0;
    for (int index = 0; index < outputs.size(); index++) {
      knownCount += targets.containsKey(outputs.get(index).name()) ? 1 : 0;
    }
    if (knownCount < targets.size()) {
      throw unknown(outputs, targets);
    }
  }

  private static EngineOutputException unknown(
      List<EngineTensor> outputs, Map<String, ByteBuffer> targets) {
    List<String> names = outputs.stream().map(EngineTensor::name).toList();
    String name =
        targets.keySet().stream().filter(given -> !names.contains(given)).findFirst().orElse("");
    return new EngineOutputException(
        name, "a buffer, but is unknown to the engine", "only outputs of " + names);
  }

  /**
   * Returns when an output can be written into a buffer.
   *
   * @throws EngineOutputException if it is read-only or too small
   */
  static void requireRoom(EngineTensor output, Shape shape, ByteBuffer target) {
    if (target.isReadOnly()) {
      throw new EngineOutputException(output.name(), "a read-only buffer", "one to write into");
    }
    int count = count(output, shape);
    if (target.remaining() < count) {
      throw new EngineOutputException(
          output.name(),
          "a buffer with %s bytes remaining".formatted(target.remaining()),
          "at least %s for %s%s".formatted(count, output.elementType(), shape));
    }
  }

  /**
   * Copies an output.
   *
   * @param staged the bytes, as many as the shape takes, from position to limit
   * @param target where to, with room enough; its position is not moved. Null for new heap memory
   */
  static Tensor copy(
      EngineTensor output, Shape shape, ByteBuffer staged, @Nullable ByteBuffer target) {
    ByteBuffer view = target == null ? ByteBuffer.allocate(staged.remaining()) : target.duplicate();
    view.limit(view.position() + staged.remaining());
    int start = view.position();
    view.put(staged);
    return Tensor.of(output.elementType(), shape, view.position(start));
  }
}
