/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.CalibrationSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The samples that a path names, whatever their form: a .npz or .npy file or a folder of them, a
 * folder of ONNX test data, or pictures.
 *
 * <p>A file is known by its first bytes or else by its ending, a folder by what lies in it: files
 * of other endings are passed over, samples of two forms are refused. Arrays and test data can be
 * opened here; pictures need to be told how the model wants them. Not thread-safe.
 */
public final class SampleFiles {

  /** The form of samples. */
  public enum Kind {
    /** Arrays that NumPy saved, for {@link NumpySource}. */
    ARRAYS,
    /** ONNX test data, for {@link TestDataSource}. */
    TEST_DATA,
    /** One picture or a folder of them: JPEG, PNG, BMP and what else the JDK reads. */
    PICTURES
  }

  private final Path path;
  private final Kind kind;
  private List<String> inputNames = List.of();
  private int batchSize = 32;

  private SampleFiles(Path path, Kind kind) {
    this.path = path;
    this.kind = kind;
  }

  /**
   * Looks at what a path names.
   *
   * @param path a file or a folder
   * @return the samples, not yet opened
   * @throws IOException if there is no such file or it cannot be read
   * @throws CalibrationException if there are no samples or those of several forms
   */
  public static SampleFiles of(Path path) throws IOException {
    return new SampleFiles(path, SampleCensus.kindOf(requireNonNull(path, "path")));
  }

  /**
   * Returns the form of the samples.
   *
   * @return the form
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Names the inputs of the model; needed for a .npy file and for test data without names. None
   * unless set.
   *
   * @param inputNames the names in the order of the model, copied
   * @return these samples
   */
  public SampleFiles inputNames(List<String> inputNames) {
    this.inputNames = List.copyOf(inputNames);
    return this;
  }

  /**
   * Sets the number of samples per batch of arrays; 32 unless set, as for {@link NumpySource}. A
   * folder of test data is always one batch.
   *
   * @param batchSize the number of samples, from 1
   * @return these samples
   * @throws IllegalArgumentException if the size is below 1
   */
  public SampleFiles batchSize(int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize is " + batchSize + ", expected 1 or more");
    }
    this.batchSize = batchSize;
    return this;
  }

  /**
   * Opens arrays or test data.
   *
   * @return a source that the caller closes
   * @throws IOException if a file cannot be read
   * @throws CalibrationException if a file is damaged, the files do not go together or with the
   *     names of the inputs
   * @throws IllegalStateException if the samples are pictures
   */
  public CalibrationSource open() throws IOException {
    return switch (kind) {
      case ARRAYS -> openArrays();
      case TEST_DATA -> TestDataSource.builder(path).inputNames(inputNames).open();
      case PICTURES ->
          throw new IllegalStateException(
              "samples '"
                  + path
                  + "' are pictures, expected arrays or test data; a source of pictures has to be"
                  + " told their size and scaling");
    };
  }

  private CalibrationSource openArrays() throws IOException {
    NumpySource.Builder builder = NumpySource.builder(path).batchSize(batchSize);
    if (inputNames.size() == 1) {
      builder.inputName(inputNames.get(0));
    } else if (inputNames.size() > 1 && SampleCensus.hasUnnamedArray(path)) {
      throw new CalibrationException(
          "samples '%s' are arrays without names, but the model has the inputs %s; expected a .npz"
                  .formatted(path, inputNames)
              + " with an array for each");
    }
    return builder.open();
  }
}
