/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Streams samples from arrays that NumPy saved: a .npz archive whose arrays are named as the inputs
 * of the model, a .npy file for a model of one input, or a folder of either.
 *
 * <p>The first axis of every array counts the samples. The files of a folder are read one after the
 * other, sorted by name as strings are, and batches run on across them; files with another suffix
 * are passed over.
 *
 * <p>Reads format versions 1.0 to 3.0, archive entries stored or deflated, elements of float16,
 * float32, float64, int8 to int64, uint8 to uint64 and bool in either byte order, in C order.
 *
 * <p>Memory: one batch, in new buffers every time. Rewindable. Holds files open until {@link
 * #close()}. Used by one thread at a time.
 */
public final class NumpySource implements CalibrationSource {

  private final List<Path> paths;
  private final @Nullable String inputName;
  private final SampleLayout layout;
  private final int batchSize;
  private final long sampleCount;
  private @Nullable ArrayFile current;
  private int nextPath;
  private long leftInFile;
  private long leftInAll;
  private boolean isClosed;

  private NumpySource(Builder builder, List<Path> paths, SampleLayout layout, long sampleCount) {
    this.paths = paths;
    this.inputName = builder.inputName;
    this.layout = layout;
    this.batchSize = builder.batchSize;
    this.sampleCount = sampleCount;
    this.leftInAll = sampleCount;
  }

  /**
   * Returns a builder.
   *
   * @param path a .npy or .npz file or a folder of them
   * @return a new builder
   */
  public static Builder builder(Path path) {
    return new Builder(path);
  }

  /**
   * Returns the next samples, as many as the batch size unless fewer are left.
   *
   * @return a batch of every array, or empty at the end
   * @throws IOException if a file cannot be read
   * @throws IllegalStateException if the source is closed
   * @throws CalibrationException if a file ends early or has changed since the source was opened
   */
  @Override
  public Optional<TensorBatch> next() throws IOException {
    requireOpen();
    int count = (int) Math.min(batchSize, leftInAll);
    if (count == 0) {
      return Optional.empty();
    }
    Map<String, byte[]> arrays = layout.allocate(count);
    for (int filled = 0; filled < count; ) {
      ArrayFile file = currentFile();
      int take = (int) Math.min(count - filled, leftInFile);
      for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
        int sampleBytes = array.getValue().length / count;
        requireNonNull(file.arrays().get(array.getKey()), array.getKey())
            .read(array.getValue(), filled * sampleBytes, take * sampleBytes);
      }
      filled += take;
      leftInFile -= take;
    }
    leftInAll -= count;
    return Optional.of(layout.batch(arrays, count));
  }

  @Override
  public boolean isRewindable() {
    return true;
  }

  @Override
  public void rewind() throws IOException {
    requireOpen();
    closeCurrent();
    nextPath = 0;
    leftInFile = 0;
    leftInAll = sampleCount;
  }

  /**
   * Returns the number of samples of all files, or the limit if that is lower.
   *
   * @return the count, always present
   */
  @Override
  public OptionalLong sampleCount() {
    return OptionalLong.of(sampleCount);
  }

  /**
   * Passes over samples without keeping them: seeks in .npy files and in archives that are not
   * compressed, and inflates the others without making batches of them.
   *
   * @param sampleCount how many samples to pass over, from 0
   * @return that count, or what was left when that is fewer
   * @throws IOException if a file cannot be read
   * @throws IllegalArgumentException if the count is negative
   * @throws IllegalStateException if the source is closed
   * @throws CalibrationException if a file ends early or has changed since the source was opened
   */
  @Override
  public long skip(long sampleCount) throws IOException {
    requireOpen();
    if (sampleCount < 0) {
      throw new IllegalArgumentException("sampleCount is " + sampleCount + ", expected 0 or more");
    }
    long count = Math.min(sampleCount, leftInAll);
    for (long passed = 0; passed < count; ) {
      ArrayFile file = currentFile();
      long take = Math.min(count - passed, leftInFile);
      file.skip(take);
      passed += take;
      leftInFile -= take;
      leftInAll -= take;
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    isClosed = true;
    closeCurrent();
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("source is closed");
    }
  }

  private void closeCurrent() throws IOException {
    if (current != null) {
      current.close();
      current = null;
    }
  }

  /** Returns the file with the next sample. */
  private ArrayFile currentFile() throws IOException {
    while (current == null || leftInFile == 0) {
      closeCurrent();
      if (nextPath == paths.size()) {
        throw new CalibrationException(
            "file '" + paths.get(nextPath - 1) + "' has fewer samples than when it was opened");
      }
      ArrayFile file = ArrayFile.open(paths.get(nextPath++), inputName);
      current = file;
      layout.check(file);
      leftInFile = file.sampleCount();
    }
    return current;
  }

  /** Collects how to read a source. Not thread-safe. */
  public static final class Builder {

    private final Path path;
    private @Nullable String inputName;
    private int batchSize = 32;
    private long sampleLimit = Long.MAX_VALUE;

    private Builder(Path path) {
      this.path = requireNonNull(path, "path");
    }

    /**
     * Names the input that the array of a .npy file is for; needed for those, as they hold no name.
     *
     * @param inputName the name of a model input
     * @return this builder
     */
    public Builder inputName(String inputName) {
      this.inputName = requireNonNull(inputName, "inputName");
      return this;
    }

    /**
     * Sets the number of samples per batch; 32 unless set, enough to keep all cores busy while a
     * batch stays small. The last batch may be smaller.
     *
     * @param batchSize the number of samples, from 1
     * @return this builder
     * @throws IllegalArgumentException if the size is below 1
     */
    public Builder batchSize(int batchSize) {
      if (batchSize < 1) {
        throw new IllegalArgumentException("batchSize is " + batchSize + ", expected 1 or more");
      }
      this.batchSize = batchSize;
      return this;
    }

    /**
     * Sets how many samples to read at most, from the first on; all unless set.
     *
     * @param sampleLimit the number of samples, from 1
     * @return this builder
     * @throws IllegalArgumentException if the limit is below 1
     */
    public Builder sampleLimit(long sampleLimit) {
      if (sampleLimit < 1) {
        throw new IllegalArgumentException(
            "sampleLimit is " + sampleLimit + ", expected 1 or more");
      }
      this.sampleLimit = sampleLimit;
      return this;
    }

    /**
     * Reads the headers of all files.
     *
     * @return a source that the caller closes
     * @throws IOException if a file or folder does not exist or cannot be read
     * @throws CalibrationException if a file is no NumPy array or archive, is truncated, holds
     *     arrays of unsupported type or order, or its arrays do not go together
     */
    public NumpySource open() throws IOException {
      List<Path> paths = Files.isDirectory(path) ? filesOf(path) : List.of(path);
      SampleLayout layout = null;
      long sampleCount = 0;
      for (Path file : paths) {
        try (ArrayFile arrays = ArrayFile.open(file, inputName)) {
          layout = layout == null ? SampleLayout.of(arrays) : layout;
          layout.check(arrays);
          sampleCount = Math.addExact(sampleCount, arrays.sampleCount());
        }
      }
      if (layout == null) {
        throw new CalibrationException(
            "folder '" + path + "' holds no .npy or .npz file, expected at least one");
      }
      sampleCount = Math.min(sampleCount, sampleLimit);
      layout.requireFit((int) Math.min(sampleCount, batchSize));
      return new NumpySource(this, paths, layout, sampleCount);
    }

    private static List<Path> filesOf(Path folder) throws IOException {
      try (Stream<Path> files = Files.list(folder)) {
        return files.filter(Builder::hasArraySuffix).sorted().toList();
      }
    }

    private static boolean hasArraySuffix(Path file) {
      String name = file.toString().toLowerCase(Locale.ROOT);
      return name.endsWith(".npy") || name.endsWith(".npz");
    }
  }
}
