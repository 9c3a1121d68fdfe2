/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.calibration.source.NumpySource;
import io.github.quant4j.calibration.source.SampleFiles;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of commands that run a model on samples. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SampleOptions {
  /** The name of the option by which a command takes its samples, which some can do without. */
  static final String DATA = "--data";

  static final String DATA_DESCRIPTION =
      "The samples: a .npz whose arrays are named as the model's inputs, a .npy for a model of"
          + " one input, a folder of either, a folder of ONNX test data, or a picture or a folder"
          + " of them for a model of one input.";

  @Option(
      names = "--samples",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description = "Use the first N samples; all unless given.")
  private @Nullable Integer sampleLimit;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description =
          "Run N samples at once; the batch size the model is fixed to, or else 32, and 100 to"
              + " verify, unless given; test data stay as they are.")
  private @Nullable Integer batchSize;

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description = "Run on N threads; one per core unless given.")
  private @Nullable Integer threads;

  @Mixin private PictureOptions pictures;

  /** Returns the number of threads, 0 for the runtime's choice. */
  int threadCount() {
    return threads == null ? 0 : threads;
  }

  /** Returns how many of the given number of samples or labels are to be used. */
  int limited(int count) {
    return sampleLimit == null ? count : Math.min(sampleLimit, count);
  }

  /** Opens the samples for a model. */
  CalibrationSource open(CommandSpec command, Path data, OnnxModel model, int defaultBatchSize)
      throws IOException {
    List<Value> inputs = model.graph().inputs();
    int size = batchSize(inputs, defaultBatchSize);
    SampleFiles files =
        SampleFiles.of(data).inputNames(inputs.stream().map(Value::name).toList()).batchSize(size);
    if (files.kind() == SampleFiles.Kind.PICTURES) {
      return limited(pictures.open(command, data, inputs, size));
    }
    PictureOptions.requireNone(command);
    CalibrationSource source = limited(files.open());
    boolean isCutAnew = batchSize != null && files.kind() == SampleFiles.Kind.TEST_DATA;
    return isCutAnew ? source.batched(size) : source;
  }

  private CalibrationSource limited(CalibrationSource source) {
    return sampleLimit == null ? source : source.limited(sampleLimit);
  }

  /** Sets how many samples of a model are used, and how many at once. */
  NumpySource.Builder limitedBatches(
      NumpySource.Builder builder, OnnxModel model, int defaultBatchSize) {
    if (sampleLimit != null) {
      builder.sampleLimit(sampleLimit);
    }
    return builder.batchSize(batchSize(model.graph().inputs(), defaultBatchSize));
  }

  private int batchSize(List<Value> inputs, int absent) {
    if (batchSize != null) {
      return batchSize;
    }
    return inputs.stream()
        .flatMap(input -> fixedBatchSize(input).stream())
        .findFirst()
        .orElse(absent);
  }

  private static Optional<Integer> fixedBatchSize(Value input) {
    return input.type().dimensions().stream()
        .flatMap(dimensions -> dimensions.stream().limit(1))
        .flatMap(
            first ->
                first instanceof Dimension.Fixed fixed ? Stream.of(fixed.size()) : Stream.empty())
        .filter(size -> size >= 1 && size <= Integer.MAX_VALUE)
        .map(Long::intValue)
        .findFirst();
  }
}
