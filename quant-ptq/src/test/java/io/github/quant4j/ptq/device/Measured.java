/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.tensorrt.EngineCheck;
import io.github.quant4j.tensorrt.EngineCheckResult;
import io.github.quant4j.tensorrt.EngineExpectation;
import io.github.quant4j.tensorrt.EngineInspection;
import io.github.quant4j.tensorrt.EnginePlan;
import io.github.quant4j.tensorrt.LayerPrecision;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What came out for an engine.
 *
 * @param name the variant
 * @param plan what was built
 * @param milliseconds the median time on the GPU, by CUDA graph
 * @param ratio that time over the one of the first variant, each round for itself
 * @param decibels what it keeps of the answer of ONNX Runtime for the same model
 * @param inspection its layers
 */
record Measured(
    String name,
    EnginePlan plan,
    double milliseconds,
    double ratio,
    double decibels,
    EngineInspection inspection) {

  /** What engines keep at least; unrelated answers are at about 0. */
  private static final double RIGHT = 20;

  /** Fails if the engine answers otherwise than ONNX Runtime does. */
  Measured isRight() {
    assertThat(decibels).as("%s, decibels", name).isGreaterThan(RIGHT);
    return this;
  }

  /** Fails if a residual Add or an activation has a kernel of its own. */
  Measured isFused() {
    assertThat(findings(EngineCheck.FUSED_RESIDUALS)).as(name).isEmpty();
    return this;
  }

  /** How many layers take time. */
  int layerCount() {
    return inspection.layers().size() - inspection.noOpCount();
  }

  int int8Count() {
    return inspection.layersByPrecision().getOrDefault(LayerPrecision.INT8, 0);
  }

  private List<String> findings(EngineCheck check) {
    return inspection.check(EngineExpectation.int8()).stream()
        .filter(result -> result.check() == check)
        .flatMap(result -> result.findings().stream())
        .map(finding -> finding.message())
        .toList();
  }

  /** Time, layers and what was found at them. */
  @Override
  public String toString() {
    String checks =
        inspection.check(EngineExpectation.int8()).stream()
            .filter(result -> !result.findings().isEmpty())
            .map(EngineCheckResult::check)
            .map(EngineCheck::label)
            .collect(Collectors.joining(","));
    return String.format(
        Locale.ROOT,
        "%s %.4f ms x%.3f layers %d int8 %d reformats %d pointwise %d against [%s] sqnr %.1f dB"
            + " plan %d KB built in %.1f s",
        name,
        milliseconds,
        ratio,
        layerCount(),
        int8Count(),
        inspection.reformatCount(),
        inspection.pointwiseCount(),
        checks,
        decibels,
        plan.byteCount() >> 10,
        plan.buildTime().toMillis() / 1e3);
  }
}
