/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.Arrays;

/**
 * Samples and the batch of the source that they come from, for messages. Immutable.
 *
 * @param number the number of the batch, from 1
 * @param batch the samples, all of that batch or some
 */
record NumberedBatch(long number, TensorBatch batch) {

  /** Returns the number of samples. */
  long sampleCount() {
    return batch.sampleCount();
  }

  /**
   * Returns a view of some samples; the whole is the batch itself, so that even elements packed
   * across samples pass as long as nobody cuts between them.
   */
  NumberedBatch slice(long firstSample, long count) {
    if (firstSample == 0 && count == sampleCount()) {
      return this;
    }
    for (String name : batch.names()) {
      requireWholeBytes(name, tensor(name));
    }
    return new NumberedBatch(number, batch.slice(firstSample, count));
  }

  /** Returns the same samples in buffers of their own, for a source may use its buffers again. */
  NumberedBatch copy() {
    return new NumberedBatch(number, batch.copy());
  }

  /** Returns a tensor that the batch is known to have. */
  Tensor tensor(String name) {
    return batch.tensor(name).orElseThrow();
  }

  /** Fails unless the samples of this batch and of another one can share a batch. */
  void requireJoinable(NumberedBatch first) {
    first.batch.names().forEach(name -> requireTensor(name, this, first));
    batch.names().forEach(name -> requireTensor(name, first, this));
    for (String name : batch.names()) {
      requireSameSample(name, first);
      requireWholeBytes(name, tensor(name));
    }
  }

  private void requireSameSample(String name, NumberedBatch first) {
    Tensor found = tensor(name);
    Tensor expected = first.tensor(name);
    if (found.elementType() != expected.elementType()
        || !sampleShape(found).equals(sampleShape(expected))) {
      throw new SourceException(
          "tensor '%s' has samples of %s in batch %s, expected %s as in batch %s; %s"
              .formatted(
                  name,
                  sampleType(found),
                  number,
                  sampleType(expected),
                  first.number,
                  "bring the samples to one type and shape, or use batches of one sample"),
          number,
          name);
    }
  }

  private static void requireTensor(String name, NumberedBatch lacking, NumberedBatch having) {
    if (lacking.batch.tensor(name).isEmpty()) {
      throw new SourceException(
          "tensor '%s' of batch %s is missing in batch %s, expected the same tensors in all batches"
              .formatted(name, having.number, lacking.number),
          lacking.number,
          name);
    }
  }

  private void requireWholeBytes(String name, Tensor tensor) {
    if (sampleShape(tensor).elementCount() * tensor.elementType().bitWidth() % Byte.SIZE != 0) {
      throw new SourceException(
          "tensor '%s' of batch %s packs samples of %s across bytes, %s"
              .formatted(
                  name,
                  number,
                  sampleType(tensor),
                  "expected samples of whole bytes to cut or join; keep its batches as they are"),
          number,
          name);
    }
  }

  private static String sampleType(Tensor tensor) {
    return tensor.elementType().toString() + sampleShape(tensor);
  }

  private static Shape sampleShape(Tensor tensor) {
    long[] dimensions = tensor.shape().toArray();
    return Shape.of(Arrays.copyOfRange(dimensions, 1, dimensions.length));
  }
}
