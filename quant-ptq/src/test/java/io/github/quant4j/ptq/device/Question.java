/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * What is asked of TensorRT: variants of a network, the first of which the others are related to.
 *
 * @param label what it is called in the report
 * @param sample the shape of a sample, without the batch
 * @param batchSize how many samples an engine computes at once
 * @param variants the networks, all with the input "x" of that shape
 */
record Question(String label, List<Long> sample, long batchSize, List<Variant> variants) {

  /** As many samples as are compared; they have the ranges of all. */
  private static final long COMPARED = 4;

  private static final long SEED = 20_261_122L;

  static Question of(String label, long batchSize, List<Long> sample, Variant... variants) {
    return new Question(label, sample, batchSize, List.of(variants));
  }

  /** Normally distributed numbers, the same every time; the first ones for fewer samples. */
  TensorBatch samples(long count) {
    long[] dimensions =
        LongStream.concat(LongStream.of(count), sample.stream().mapToLong(size -> size)).toArray();
    Shape shape = Shape.of(dimensions);
    SplittableRandom random = new SplittableRandom(SEED);
    float[] values = new float[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return TensorBatch.of(Map.of("x", Tensor.ofFloats(shape, values)));
  }

  /** The first samples, for which ONNX Runtime computes what is right. */
  TensorBatch comparedSamples() {
    return samples(Math.min(COMPARED, batchSize));
  }

  @Override
  public String toString() {
    return label;
  }
}
