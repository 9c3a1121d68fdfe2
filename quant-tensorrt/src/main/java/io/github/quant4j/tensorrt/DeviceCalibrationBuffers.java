/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;

/** Buffers on the GPU, with page-locked ones on the host beside them. One thread at a time. */
final class DeviceCalibrationBuffers implements CalibrationBuffers {

  private final CudaStream stream;
  private final Map<String, SlotMemory> slots = new LinkedHashMap<>();
  private boolean isClosed;

  private DeviceCalibrationBuffers(CudaStream stream) {
    this.stream = stream;
  }

  /** Allocates a buffer for every input. */
  static DeviceCalibrationBuffers allocate(Map<String, Integer> byteCounts) {
    DeviceCalibrationBuffers buffers = new DeviceCalibrationBuffers(CudaStream.create());
    boolean isComplete = false;
    try {
      byteCounts.forEach(buffers::add);
      isComplete = true;
      return buffers;
    } finally {
      if (!isComplete) {
        buffers.close();
      }
    }
  }

  @Override
  public ByteBuffer staging(String input) {
    return slot(input).staging().view();
  }

  @Override
  public void send() {
    slots.values().forEach(slot -> slot.enqueueToDevice(stream));
    stream.synchronize();
  }

  /** Where an input lies on the GPU, until {@link #close}. */
  Pointer pointer(String input) {
    return slot(input).device().pointer();
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      try (stream) {
        slots.values().forEach(SlotMemory::close);
      }
    }
  }

  private void add(String input, int byteCount) {
    SlotMemory slot = new SlotMemory();
    slots.put(input, slot);
    slot.reserve(byteCount);
    slot.resize(byteCount);
  }

  private SlotMemory slot(String input) {
    SlotMemory slot = slots.get(input);
    if (slot == null) {
      throw new EngineCalibrationException(
          "TensorRT asks for input '%s', expected one of %s".formatted(input, slots.keySet()));
    }
    return slot;
  }
}
