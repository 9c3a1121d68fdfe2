/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What one sample of a source looks like: the same in every file. Immutable and thread-safe. */
final class SampleLayout {

  private final Path firstPath;
  private final Map<String, Sample> samples;

  private SampleLayout(Path firstPath, Map<String, Sample> samples) {
    this.firstPath = firstPath;
    this.samples = samples;
  }

  /** Returns the layout of a file. */
  static SampleLayout of(ArrayFile file) {
    Map<String, Sample> samples = new LinkedHashMap<>();
    file.arrays().forEach((name, reader) -> samples.put(name, Sample.of(reader.header())));
    return new SampleLayout(file.path(), samples);
  }

  /** Throws a {@link CalibrationException} unless every array of a batch fits into a buffer. */
  void requireFit(int sampleCount) {
    samples.forEach(
        (name, sample) -> {
          if (sampleCount > 0 && sample.byteCount() > Integer.MAX_VALUE / sampleCount) {
            throw new CalibrationException(
                "array '%s' of file '%s' has samples of %s bytes, expected at most 2^31 - 1 in a "
                        .formatted(name, firstPath, sample.byteCount())
                    + "batch of "
                    + sampleCount
                    + "; use a smaller batch size");
          }
        });
  }

  /** Throws a {@link CalibrationException} unless the samples of a file look the same. */
  void check(ArrayFile file) {
    if (!file.arrays().keySet().equals(samples.keySet())) {
      throw new CalibrationException(
          "file '%s' holds arrays %s, expected %s as in file '%s'"
              .formatted(file.path(), file.arrays().keySet(), samples.keySet(), firstPath));
    }
    file.arrays()
        .forEach(
            (name, reader) -> {
              Sample found = Sample.of(reader.header());
              if (!found.equals(samples.get(name))) {
                throw new CalibrationException(
                    "%s has samples of %s, expected %s as in file '%s'"
                        .formatted(reader.where(), found, samples.get(name), firstPath));
              }
            });
  }

  /** Returns new arrays for the bytes of some samples. */
  Map<String, byte[]> allocate(int sampleCount) {
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    samples.forEach(
        (name, sample) -> arrays.put(name, new byte[(int) sample.byteCount() * sampleCount]));
    return arrays;
  }

  /** Returns the batch over filled arrays, which it keeps. */
  TensorBatch batch(Map<String, byte[]> arrays, int sampleCount) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    arrays.forEach((name, bytes) -> tensors.put(name, sample(name).tensor(bytes, sampleCount)));
    return TensorBatch.of(tensors);
  }

  private Sample sample(String name) {
    Sample sample = samples.get(name);
    if (sample == null) {
      throw new IllegalStateException("no array '" + name + "' among " + samples.keySet());
    }
    return sample;
  }

  /** Type and dimensions of one sample, without the axis of samples. */
  private record Sample(ElementType elementType, List<Long> dimensions) {

    static Sample of(NpyHeader header) {
      return new Sample(
          header.elementType(), Arrays.stream(header.shape().toArray()).skip(1).boxed().toList());
    }

    /** Returns the size of a sample, of which a file holds at least one. */
    long byteCount() {
      return shape(1).elementCount() * (elementType.bitWidth() / Byte.SIZE);
    }

    Tensor tensor(byte[] bytes, int sampleCount) {
      return Tensor.of(elementType, shape(sampleCount), ByteBuffer.wrap(bytes));
    }

    @Override
    public String toString() {
      return elementType.toString() + dimensions;
    }

    private Shape shape(int sampleCount) {
      return Shape.of(
          LongStream.concat(
                  LongStream.of(sampleCount), dimensions.stream().mapToLong(Long::longValue))
              .toArray());
    }
  }
}
