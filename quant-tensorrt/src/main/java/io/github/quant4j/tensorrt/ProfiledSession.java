/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs of a session that tells the time of every layer. One thread at a time. */
final class ProfiledSession implements ProfiledRuns {

  private final LayerTimeRecorder recorder;
  private final LayerProfiler profiler;
  private final ExecutionSession session;

  private ProfiledSession(
      LayerTimeRecorder recorder, LayerProfiler profiler, ExecutionSession session) {
    this.recorder = recorder;
    this.profiler = profiler;
    this.session = session;
  }

  /** Makes a session, brings the inputs to the GPU and attaches a profiler. */
  static ProfiledSession open(Engine engine, Map<String, Tensor> inputs) {
    LayerTimeRecorder recorder = new LayerTimeRecorder();
    LayerProfiler profiler =
        HandMade.make(
            HostPlatform.from(System.getProperties()),
            "the time of every layer",
            () -> new LayerProfiler(recorder::report));
    ExecutionSession session = null;
    boolean isReady = false;
    try {
      session = engine.newSession(inputs);
      session.run(inputs);
      session.tellLayersTo(profiler);
      isReady = true;
      return new ProfiledSession(recorder, profiler, session);
    } finally {
      if (!isReady) {
        close(profiler, session);
      }
    }
  }

  @Override
  public void run() {
    // With a profiler TensorRT returns from queueing when the run is over and told.
    session.enqueueCompute();
    session.stream().synchronize();
    profiler.rethrow();
  }

  @Override
  public LayerTimeRecorder recorder() {
    return recorder;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  /** Frees the session, then the profiler that its context holds. */
  @Override
  public void close() {
    close(profiler, session);
  }

  private static void close(LayerProfiler profiler, @Nullable ExecutionSession session) {
    try (profiler;
        session) {
      // Closes the session first.
    }
  }
}
