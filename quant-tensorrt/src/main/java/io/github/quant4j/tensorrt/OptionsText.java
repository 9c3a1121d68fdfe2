/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.List;

/** The options of a build in words: the precision, and all that is not as it is by default. */
final class OptionsText {

  private OptionsText() {}

  /** One line such as "FP16, profiles [{x=[1, 3]..[8, 3]..[8, 3]}], optimization level 5". */
  static String of(BuildOptions options) {
    List<String> words = new ArrayList<>();
    words.add(typing(options));
    add(words, !options.profiles.isEmpty(), "profiles " + options.profiles);
    add(
        words,
        options.optimizationLevel != BuildOptions.DEFAULT_OPTIMIZATION_LEVEL,
        "optimization level " + options.optimizationLevel);
    add(
        words,
        options.timingIterations != 1,
        options.timingIterations + " timings of every kernel");
    add(words, !options.memoryPools.isEmpty(), "memory pools " + options.memoryPools);
    add(words, !options.layerPrecisions.isEmpty(), layers(options));
    add(words, options.isSparse, "sparsity");
    add(words, options.isRefittable, "refit");
    add(words, options.isHardwareCompatible, "hardware compatibility");
    add(words, options.isVersionCompatible, "version compatibility");
    add(words, !options.hasLayerDetails, "no layer details");
    add(words, !options.hasTimingCache, "no timing cache");
    return String.join(", ", words);
  }

  private static String typing(BuildOptions options) {
    if (options.isStronglyTyped) {
      return "strongly typed";
    }
    if (options.precision != Precision.INT8) {
      return options.precisionOrDefault().name();
    }
    if (options.ranges != null) {
      return "INT8 of ranges";
    }
    EngineCalibrator calibrator = options.calibrator;
    return calibrator == null
        ? "INT8 of Q/DQ pairs"
        : "INT8 of " + calibrator.getClass().getSimpleName();
  }

  private static String layers(BuildOptions options) {
    List<String> wishes =
        options.layerPrecisions.stream().map(wish -> wish.node() + "=" + wish.precision()).toList();
    return "layer precisions %s %s".formatted(options.precisionConstraint, wishes);
  }

  private static void add(List<String> words, boolean isThere, String text) {
    if (isThere) {
      words.add(text);
    }
  }
}
