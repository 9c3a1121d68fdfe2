/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares the answers of a new engine with those of a reference before the engine is handed out.
 * TensorRT was seen to build engines that answer at chance of models that are sound. Immutable; as
 * thread-safe as its reference.
 *
 * <p>Judged is the signal to quantization noise ratio of every float output, {@code 10 *
 * log10(sum(r^2) / sum((r - e)^2))} with the reference {@code r} and the engine {@code e} over all
 * samples: equal answers have infinite decibels, unrelated ones about 0. Elements that are not
 * finite on one side only fail the check by themselves. Outputs of integers and truth values are
 * reported and not judged.
 *
 * <p>Without {@link #minimumSqnr} an engine needs 40 dB in FP32; 20 dB with TF32, FP16 or BF16, and
 * strongly typed without Q/DQ pairs; 10 dB as INT8 of Q/DQ pairs, which the reference may round at
 * other places; 5 dB as INT8 of a calibrator or of ranges, whose error is that of INT8 as a whole.
 * These tell a broken engine from a sound one, and say nothing about the accuracy of INT8.
 */
public final class AnswerCheck {

  private final EngineReference reference;
  private final List<Map<String, Tensor>> samples;
  private final @Nullable Double minimum;

  private AnswerCheck(
      EngineReference reference, List<Map<String, Tensor>> samples, @Nullable Double minimum) {
    this.reference = reference;
    this.samples = samples;
    this.minimum = minimum;
  }

  /**
   * Returns a check with a limit that fits the build.
   *
   * @param reference what the engine should answer; called on the thread of the build, once for
   *     every run of the engine, and what it throws the build throws
   * @param samples what both are run with: input name to tensor, at least one run, each of shapes
   *     that an optimization profile takes; the tensors are not copied
   * @return the check
   * @throws IllegalArgumentException if there is no sample
   */
  public static AnswerCheck against(EngineReference reference, List<Map<String, Tensor>> samples) {
    requireNonNull(reference, "reference");
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("samples is empty, expected inputs of at least one run");
    }
    List<Map<String, Tensor>> copies = new ArrayList<>();
    samples.forEach(sample -> copies.add(Collections.unmodifiableMap(new LinkedHashMap<>(sample))));
    return new AnswerCheck(reference, List.copyOf(copies), null);
  }

  /**
   * Sets how close every float output has to be to the reference.
   *
   * @param decibels the least signal to quantization noise ratio, finite
   * @return a changed copy
   * @throws IllegalArgumentException if it is not finite
   */
  public AnswerCheck minimumSqnr(double decibels) {
    if (!Double.isFinite(decibels)) {
      throw new IllegalArgumentException(
          "decibels is " + decibels + ", expected a finite number such as 20");
    }
    return new AnswerCheck(reference, samples, decibels);
  }

  EngineReference reference() {
    return reference;
  }

  List<Map<String, Tensor>> samples() {
    return samples;
  }

  /** The limit that was set, or else that of the build. */
  double minimumOr(double ofBuild) {
    Double chosen = minimum;
    return chosen == null ? ofBuild : chosen;
  }
}
