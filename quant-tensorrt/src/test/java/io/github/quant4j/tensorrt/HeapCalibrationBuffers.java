/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Buffers on the heap that keep what was sent. */
final class HeapCalibrationBuffers implements CalibrationBuffers {

  /** Of every batch, the float values of every input. */
  final List<Map<String, List<Float>>> sent = new ArrayList<>();

  boolean isClosed;

  private final Map<String, ByteBuffer> buffers = new LinkedHashMap<>();

  HeapCalibrationBuffers allocate(Map<String, Integer> byteCounts) {
    byteCounts.forEach((input, count) -> buffers.put(input, ByteBuffer.allocate(count)));
    return this;
  }

  @Override
  public ByteBuffer staging(String input) {
    return requireNonNull(buffers.get(input), input);
  }

  @Override
  public void send() {
    Map<String, List<Float>> batch = new LinkedHashMap<>();
    buffers.forEach(
        (input, buffer) -> {
          List<Float> values = new ArrayList<>();
          ByteBuffer bytes = buffer.duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
          while (bytes.hasRemaining()) {
            values.add(bytes.getFloat());
          }
          batch.put(input, values);
        });
    sent.add(batch);
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
