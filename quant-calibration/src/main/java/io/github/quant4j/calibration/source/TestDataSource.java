/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Streams the inputs of ONNX test data: folders {@code test_data_set_0}, {@code test_data_set_1}
 * and so on, each with a serialized TensorProto per input in {@code input_0.pb}, {@code input_1.pb}
 * and so on.
 *
 * <p>Folders are read by their number; gaps do not matter. Every folder is one batch, so its
 * tensors have to share the first axis, which counts the samples. The tensor of {@code input_N.pb}
 * is for the input of its own name, or else for input N of the model.
 *
 * <p>Reads elements of every type but string, as {@code raw_data} or as a list; refuses external
 * data, segments, sequences and optionals. The headers of all files are read when the source is
 * opened, so that files that do not go together are found before the first batch and the number of
 * samples is known.
 *
 * <p>Memory: one batch, in new buffers every time, and a path per folder. Rewindable. Holds no file
 * open. Used by one thread at a time. Source: the ONNX IR, message TensorProto, and the layout of
 * the backend tests of ONNX.
 */
public final class TestDataSource implements CalibrationSource {

  private final List<String> inputNames;
  private final Set<String> names;
  private final List<Entry> entries;
  private int nextIndex;
  private boolean isClosed;

  private TestDataSource(List<String> inputNames, Set<String> names, List<Entry> entries) {
    this.inputNames = inputNames;
    this.names = names;
    this.entries = entries;
  }

  /**
   * Returns a builder.
   *
   * @param path a folder with {@code test_data_set_N} in it, such as the folder of a model, or one
   *     folder with {@code input_N.pb} in it
   * @return a new builder
   */
  public static Builder builder(Path path) {
    return new Builder(path);
  }

  /**
   * Returns the tensors of the next folder.
   *
   * @return a batch of every input, or empty at the end
   * @throws IOException if a file cannot be read
   * @throws IllegalStateException if the source is closed
   * @throws CalibrationException if a file is damaged or has changed since the source was opened
   */
  @Override
  public Optional<TensorBatch> next() throws IOException {
    requireOpen();
    if (nextIndex == entries.size()) {
      return Optional.empty();
    }
    Entry entry = entries.get(nextIndex);
    TestDataSet set = TestDataSet.scan(entry.folder, inputNames);
    if (set.sampleCount() != entry.sampleCount || !set.names().equals(names)) {
      throw new CalibrationException(
          "folder '%s' holds %s samples of %s, expected %s of %s as when it was opened"
              .formatted(entry.folder, set.sampleCount(), set.names(), entry.sampleCount, names));
    }
    TensorBatch batch = set.read();
    nextIndex++;
    return Optional.of(batch);
  }

  @Override
  public boolean isRewindable() {
    return true;
  }

  @Override
  public void rewind() {
    requireOpen();
    nextIndex = 0;
  }

  /**
   * Returns the number of samples of all folders.
   *
   * @return the count, always present
   */
  @Override
  public OptionalLong sampleCount() {
    return OptionalLong.of(entries.stream().mapToLong(Entry::sampleCount).sum());
  }

  /**
   * Passes over whole folders, as many as hold no more than this many samples; opens no file.
   *
   * @param sampleCount how many samples to pass over at most, from 0
   * @return how many samples were passed over
   * @throws IllegalArgumentException if the count is negative
   * @throws IllegalStateException if the source is closed
   */
  @Override
  public long skip(long sampleCount) {
    requireOpen();
    if (sampleCount < 0) {
      throw new IllegalArgumentException("sampleCount is " + sampleCount + ", expected 0 or more");
    }
    long left = sampleCount;
    while (left > 0 && nextIndex < entries.size() && entries.get(nextIndex).sampleCount <= left) {
      left -= entries.get(nextIndex++).sampleCount;
    }
    return sampleCount - left;
  }

  @Override
  public void close() {
    isClosed = true;
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("source is closed");
    }
  }

  /** A folder and what it counts. */
  private record Entry(Path folder, long sampleCount) {}

  /** Collects how to read test data. Not thread-safe. */
  public static final class Builder {

    private final Path path;
    private List<String> inputNames = List.of();

    private Builder(Path path) {
      this.path = requireNonNull(path, "path");
    }

    /**
     * Names the inputs of the model; needed for tensors that have no name or another one. None
     * unless set.
     *
     * @param inputNames the names in the order of the model, copied
     * @return this builder
     */
    public Builder inputNames(List<String> inputNames) {
      this.inputNames = List.copyOf(inputNames);
      return this;
    }

    /**
     * Reads the headers of all files.
     *
     * @return a source that the caller may close
     * @throws IOException if the folder does not exist or a file cannot be read
     * @throws CalibrationException if there is no test data, a file is no whole tensor of numbers,
     *     a tensor is for no input, or tensors do not share their first axis
     */
    public TestDataSource open() throws IOException {
      Set<String> names = Set.of();
      List<Entry> entries = new ArrayList<>();
      for (Path folder : folders()) {
        TestDataSet set = TestDataSet.scan(folder, inputNames);
        if (!entries.isEmpty() && !set.names().equals(names)) {
          throw new CalibrationException(
              "folder '%s' holds inputs %s, expected %s as in folder '%s'"
                  .formatted(folder, set.names(), names, entries.get(0).folder));
        }
        names = entries.isEmpty() ? set.names() : names;
        entries.add(new Entry(folder, set.sampleCount()));
      }
      return new TestDataSource(inputNames, names, List.copyOf(entries));
    }

    private List<Path> folders() throws IOException {
      if (!Files.exists(path)) {
        throw new NoSuchFileException(
            path.toString(), null, "no such folder, expected one of ONNX test data");
      }
      if (!Files.isDirectory(path)) {
        throw new CalibrationException(
            "file '" + path + "' is no folder, expected one of ONNX test data");
      }
      List<Path> sets = NumberedPath.setsIn(path).stream().map(NumberedPath::path).toList();
      if (!NumberedPath.inputsIn(path).isEmpty()) {
        if (!sets.isEmpty()) {
          throw new CalibrationException(
              "folder '%s' holds input_N.pb and test_data_set_N, expected one of them"
                  .formatted(path));
        }
        return List.of(path);
      }
      if (sets.isEmpty()) {
        throw new CalibrationException(
            "folder '%s' holds no ONNX test data, expected test_data_set_0 or input_0.pb"
                .formatted(path));
      }
      return sets;
    }
  }
}
