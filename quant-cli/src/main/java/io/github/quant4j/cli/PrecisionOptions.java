/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.onnx.qdq.WeightForm;
import io.github.quant4j.ptq.PostTrainingQuantization;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how much accuracy to keep, and in which form weights are stored. */
final class PrecisionOptions {
  private static final double ACCURACY_TARGET = 24;

  @Option(
      names = "--accuracy-target",
      paramLabel = "DB",
      converter = NumberInRange.OfDecibels.class,
      description =
          "Leave the operators float that cost most where the worst output keeps less than this"
              + " ratio of signal to noise on some of the samples; 24 unless given, 0 measures"
              + " nothing.")
  private double accuracyTarget = ACCURACY_TARGET;

  @Option(
      names = "--min-int8-share",
      paramLabel = "SHARE",
      converter = NumberInRange.OfShare.class,
      description =
          "The part of the multiply-adds, from 0 to 1, that stays INT8 all the same; unless given"
              + " 0.81, or 0.63 where most are in matrix products.")
  private @Nullable Double smallestInt8Share;

  @Option(
      names = "--weights",
      paramLabel = "FORM",
      converter = ChoiceConverter.OfWeightForm.class,
      description =
          "How weights are stored: int8, the default, or pairs, as floats behind Q/DQ pairs.")
  private WeightForm weightForm = WeightForm.INT8;

  WeightForm weightForm() {
    return weightForm;
  }

  /** Returns the ratio in decibels, 0 when nothing is to be measured. */
  double accuracyTarget() {
    return accuracyTarget;
  }

  /** Returns the part of the multiply-adds to keep in INT8, null for the usual one. */
  @Nullable Double smallestInt8Share() {
    return smallestInt8Share;
  }

  /** Returns a quantization with these options. */
  PostTrainingQuantization applyTo(PostTrainingQuantization quantization) {
    PostTrainingQuantization changed =
        quantization.weightForm(weightForm).accuracyTarget(accuracyTarget);
    return smallestInt8Share == null ? changed : changed.smallestInt8Share(smallestInt8Share);
  }
}
