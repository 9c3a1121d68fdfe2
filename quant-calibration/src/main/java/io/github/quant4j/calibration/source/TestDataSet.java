/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One folder of {@code input_0.pb}, {@code input_1.pb} and so on: one batch, whose tensors share
 * their first axis. Knows the headers of its files. Immutable and thread-safe.
 */
final class TestDataSet {

  private final Map<String, Input> inputs = new LinkedHashMap<>();

  private TestDataSet() {}

  /** Reads the headers of all inputs; the names of the model's inputs are empty when not known. */
  static TestDataSet scan(Path folder, List<String> inputNames) throws IOException {
    TestDataSet set = new TestDataSet();
    for (NumberedPath file : NumberedPath.inputsIn(folder)) {
      TensorHeader header = TensorProtoFile.header(file.path());
      String name = inputName(file, header, inputNames);
      Input other = set.inputs.putIfAbsent(name, new Input(file.path(), header));
      if (other != null) {
        throw new CalibrationException(
            "file '%s' is for input '%s' as file '%s' is, expected one per input"
                .formatted(file.path(), name, other.path.getFileName()));
      }
    }
    if (set.inputs.isEmpty()) {
      throw new CalibrationException(
          "folder '" + folder + "' holds no input_0.pb, expected a file per input of the model");
    }
    set.checkSamples(folder);
    return set;
  }

  /** Returns the names of the inputs in the order of the files. */
  Set<String> names() {
    return Collections.unmodifiableSet(inputs.keySet());
  }

  /** Returns the length of the first axis. */
  long sampleCount() {
    return inputs.values().iterator().next().shape().dimension(0);
  }

  /** Reads the tensors. */
  TensorBatch read() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, Input> input : inputs.entrySet()) {
      Input file = input.getValue();
      tensors.put(input.getKey(), TensorProtoFile.read(file.path, file.header));
    }
    return TensorBatch.of(tensors);
  }

  private static String inputName(NumberedPath file, TensorHeader header, List<String> names) {
    if (names.contains(header.name()) || (names.isEmpty() && !header.name().isEmpty())) {
      return header.name();
    }
    if (names.isEmpty()) {
      throw new CalibrationException(
          "file '" + file.path() + "' holds a tensor without a name, expected that of its input");
    }
    if (file.number() >= names.size()) {
      throw new CalibrationException(
          "file '%s' holds tensor '%s', expected one of the %s inputs %s"
              .formatted(file.path(), header.name(), names.size(), names));
    }
    return names.get(file.number());
  }

  private void checkSamples(Path folder) {
    boolean isScalar = inputs.values().stream().anyMatch(input -> input.shape().rank() == 0);
    if (isScalar
        || inputs.values().stream()
            .anyMatch(input -> input.shape().dimension(0) != sampleCount())) {
      String found =
          inputs.entrySet().stream()
              .map(input -> input.getValue().describe(input.getKey()))
              .collect(Collectors.joining(", "));
      throw new CalibrationException(
          "folder '%s' holds %s, expected the same first axis of samples in all"
              .formatted(folder, found));
    }
  }

  /** A file and what it says of itself. */
  private record Input(Path path, TensorHeader header) {

    Shape shape() {
      return header.shape();
    }

    String describe(String name) {
      return "%s %s %s".formatted(path.getFileName(), name, header);
    }
  }
}
