/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.tensorrt.nvinfer.IProfiler;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A profiler made by hand, called as C++ calls it. */
class LayerProfilerTest {

  private final List<String> told = new ArrayList<>();

  @Test
  void report_calledThroughTheTable_isHandedOn() {
    try (LayerProfiler profiler = new LayerProfiler((name, time) -> told.add(name + " " + time))) {
      for (int run = 0; run < 3; run++) {
        System.gc();
        report(profiler, "größe + relu1");
      }
      profiler.rethrow();
    }

    assertThat(told).hasSize(3).containsOnly("größe + relu1 0.25");
  }

  @Test
  void report_failure_staysInJavaAndIsThrownLater() {
    IllegalStateException failure = new IllegalStateException("full");
    try (LayerProfiler profiler =
        new LayerProfiler(
            (name, time) -> {
              throw failure;
            })) {
      report(profiler, "a");

      assertThatExceptionOfType(TensorRtException.class)
          .isThrownBy(profiler::rethrow)
          .withMessage(
              "per-layer times could not be recorded: java.lang.IllegalStateException: full")
          .withCause(failure);
    }
  }

  @Test
  void destructor_calledThroughTheTable_doesNothing() {
    try (LayerProfiler profiler = new LayerProfiler((name, time) -> told.add(name))) {
      for (int entry = 1; entry <= 2; entry++) {
        NativeCalls.entry(profiler.address(), entry)
            .invokeVoid(NativeCalls.arguments(profiler.address()));
      }
      report(profiler, "a");
    }

    assertThat(told).containsExactly("a");
  }

  /** The presets call through the table that the headers of TensorRT describe. */
  @Test
  @Tag("gpu")
  void report_calledByThePresets_isHandedOn() {
    TensorRt.verifyAvailable();
    try (LayerProfiler profiler = new LayerProfiler((name, time) -> told.add(name + " " + time))) {
      new IProfiler(new Address(profiler.address())).reportLayerTime("conv1", 0.5f);
    }

    assertThat(told).containsExactly("conv1 0.5");
  }

  private static void report(LayerProfiler profiler, String layer) {
    byte[] name = (layer + "\0").getBytes(StandardCharsets.UTF_8);
    NativeCalls.entry(profiler.address(), 0)
        .invokeVoid(NativeCalls.arguments(profiler.address(), name, 0.25f));
  }
}
