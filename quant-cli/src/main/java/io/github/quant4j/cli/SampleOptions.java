/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.calibration.source.NumpySource;
import io.github.quant4j.calibration.source.SampleFiles;
import io.github.quant4j.calibration.source.picture.PictureSource;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of commands that run a model on samples. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SampleOptions {
  /** The name of the option by which a command takes its samples, which some can do without. */
  static final String DATA = "--data";

  private static final String SAMPLES = "--samples";
  private static final String SEED = "--seed";

  static final String DATA_DESCRIPTION =
      "The samples: a .npz whose arrays are named as the model's inputs, a .npy for a model of"
          + " one input, a folder of either, a folder of ONNX test data, or a picture or a folder"
          + " of them for a model of one input.";

  @Option(
      names = SAMPLES,
      paramLabel = "N",
      converter = PositiveNumber.class,
      description = "Use the first N samples; all unless given.")
  private @Nullable Integer sampleLimit;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description =
          "Run N samples at once; the batch size the model is fixed to, or else 32, 100 to"
              + " verify and 1 to bench, unless given; test data stay as they are.")
  private @Nullable Integer batchSize;

  @Option(
      names = SEED,
      paramLabel = "S",
      description =
          "Draw the N samples of --samples at random from all, the same ones for the same number"
              + " S.")
  private @Nullable Long seed;

  @Mixin private PictureOptions pictures;

  private @Nullable PictureSource opened;

  /** Returns how many of the given number of samples or labels are to be used. */
  int limited(int count) {
    return sampleLimit == null ? count : Math.min(sampleLimit, count);
  }

  /** Returns the batch size asked for, null where it is left open. */
  @Nullable Integer givenBatchSize() {
    return batchSize;
  }

  /** Opens the samples for a model. */
  CalibrationSource open(CommandSpec command, Path data, OnnxModel model, int defaultBatchSize)
      throws IOException {
    if (seed != null && sampleLimit == null) {
      throw new ParameterException(
          command.commandLine(), SEED + " draws from the samples; say how many with " + SAMPLES);
    }
    List<Value> inputs = model.graph().inputs();
    int size = batchSize(inputs, defaultBatchSize);
    if (pictures.isRecursive() && Files.isDirectory(data)) {
      return openPictures(command, data, inputs, size);
    }
    SampleFiles files =
        SampleFiles.of(data).inputNames(inputs.stream().map(Value::name).toList()).batchSize(size);
    if (files.kind() == SampleFiles.Kind.PICTURES) {
      return openPictures(command, data, inputs, size);
    }
    PictureOptions.requireNone(command);
    CalibrationSource source = limited(files.open());
    boolean isTestData = files.kind() == SampleFiles.Kind.TEST_DATA;
    boolean isCutAnew = isTestData ? batchSize != null : seed != null;
    return isCutAnew ? source.batched(size) : source;
  }

  private CalibrationSource limited(CalibrationSource source) {
    if (sampleLimit == null) {
      return source;
    }
    return seed == null ? source.limited(sampleLimit) : source.subsampled(sampleLimit, seed);
  }

  /* The files are drawn before the damaged ones are found, so that others take their place. */
  private CalibrationSource openPictures(
      CommandSpec command, Path data, List<Value> inputs, int size) throws IOException {
    opened = pictures.open(command, data, inputs, builder -> sampled(builder).batchSize(size));
    return opened;
  }

  private PictureSource.Builder sampled(PictureSource.Builder builder) {
    Optional.ofNullable(sampleLimit).ifPresent(builder::sampleLimit);
    Optional.ofNullable(seed).ifPresent(builder::shuffled);
    return builder;
  }

  /** Returns how many pictures were damaged and left out so far. */
  int skippedPictures() {
    return opened == null ? 0 : opened.skippedCount();
  }

  /** Makes sure that samples are taken from the first one on, to go with what counts them. */
  void requireCounted(CommandSpec command, String other) {
    if (seed != null) {
      throw new ParameterException(
          command.commandLine(),
          SEED + " draws samples at random, but " + other + " counts them; remove one");
    }
    pictures.requireEach(command, other);
  }

  /** Sets how many samples of a model are used, and how many at once. */
  NumpySource.Builder limitedBatches(
      NumpySource.Builder builder, OnnxModel model, int defaultBatchSize) {
    if (sampleLimit != null) {
      builder.sampleLimit(sampleLimit);
    }
    return builder.batchSize(batchSize(model, defaultBatchSize));
  }

  /** Returns the batch size asked for, or that of the model, or else another. */
  int batchSize(OnnxModel model, int absent) {
    return batchSize(model.graph().inputs(), absent);
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
