/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import com.sun.jna.Callback;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ObjDoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A profiler of TensorRT, {@code nvinfer1::IProfiler}, that hands on the times of layers. TensorRT
 * calls it from the thread that runs the engine.
 *
 * <p>The table of functions is that of the class in the headers of TensorRT 10: {@code
 * reportLayerTime}, then the virtual destructor. The compiled code of the presets calls {@code
 * reportLayerTime} through entry 0.
 */
final class LayerProfiler implements AutoCloseable {

  private final ObjDoubleConsumer<String> times;
  private final HandMadeObject object;
  private @Nullable Throwable failure;

  /**
   * Makes a native profiler.
   *
   * @param times takes the name of a layer and its milliseconds, in the order of execution
   * @throws LinkageError if JNA cannot be used here; {@link HandMade#make} makes words of it
   */
  LayerProfiler(ObjDoubleConsumer<String> times) {
    this.times = times;
    Report report = (self, name, milliseconds) -> report(name, milliseconds);
    this.object =
        HandMadeObject.of(
            List.of(report, HandMadeObject.UNUSED_DESTRUCTOR, HandMadeObject.UNUSED_DESTRUCTOR));
  }

  /** Where the profiler lies, valid until {@link #close}. */
  long address() {
    return object.address();
  }

  /** Throws what a call of TensorRT would have thrown, had it not come from native code. */
  void rethrow() {
    Throwable thrown = failure;
    if (thrown != null) {
      throw new TensorRtException("per-layer times could not be recorded: " + thrown, thrown);
    }
  }

  @Override
  public void close() {
    object.close();
  }

  private void report(@Nullable Pointer name, float milliseconds) {
    try {
      times.accept(
          name == null ? "" : name.getString(0, StandardCharsets.UTF_8.name()), milliseconds);
    } catch (Throwable thrown) {
      // Thrown on, this would end in native code.
      failure = thrown;
    }
  }

  /** {@code void reportLayerTime(char const* layerName, float ms) noexcept}. */
  interface Report extends Callback {

    /** Called once for every layer of a run. */
    void report(Pointer self, @Nullable Pointer name, float milliseconds);
  }
}
