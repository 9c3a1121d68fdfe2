/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Samples 0, 1, 2, ... as int32 tensors "x" of shape [sampleCount, 1]. Every batch lies in the same
 * buffer, so that whoever keeps a view too long sees other numbers. Records what is asked of it.
 */
final class CountingSource implements CalibrationSource {

  private final long sampleCount;
  private final int[] batchSizes;
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private boolean isSkipping;
  private boolean isShort;
  private long position;
  private int batchIndex;
  long readCount;
  int closeCount;

  /** Hands out batches of the given sizes again and again until all samples are out. */
  CountingSource(long sampleCount, int... batchSizes) {
    this.sampleCount = sampleCount;
    this.batchSizes = batchSizes;
  }

  /** Offers to skip. */
  CountingSource skipping() {
    isSkipping = true;
    return this;
  }

  /** Tells one sample more than there is. */
  CountingSource tellingTooMany() {
    isShort = true;
    return this;
  }

  @Override
  public Optional<TensorBatch> next() {
    for (int i = 0; i < buffer.capacity(); i++) {
      buffer.put(i, (byte) -1);
    }
    if (position == sampleCount) {
      return Optional.empty();
    }
    int size = (int) Math.min(batchSizes[batchIndex++ % batchSizes.length], sampleCount - position);
    if (buffer.capacity() < size * Integer.BYTES) {
      buffer = ByteBuffer.allocate(size * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
    for (int i = 0; i < size; i++) {
      buffer.putInt(i * Integer.BYTES, (int) position++);
    }
    readCount += size;
    ByteBuffer bytes = buffer.slice(0, size * Integer.BYTES);
    return Optional.of(
        TensorBatch.of(Map.of("x", Tensor.of(ElementType.INT32, Shape.of(size, 1), bytes))));
  }

  @Override
  public long skip(long count) {
    long passed = isSkipping ? Math.min(count, sampleCount - position) : 0;
    position += passed;
    return passed;
  }

  @Override
  public boolean isRewindable() {
    return true;
  }

  @Override
  public void rewind() {
    position = 0;
    batchIndex = 0;
  }

  @Override
  public OptionalLong sampleCount() {
    return OptionalLong.of(isShort ? sampleCount + 1 : sampleCount);
  }

  @Override
  public void close() {
    closeCount++;
  }

  /** Returns the sizes of all batches to come. */
  static List<Long> sizes(CalibrationSource source) throws IOException {
    List<Long> sizes = new ArrayList<>();
    for (Optional<TensorBatch> next = source.next(); next.isPresent(); next = source.next()) {
      sizes.add(next.get().sampleCount());
    }
    return sizes;
  }

  /** Returns all samples to come, each read before the next batch is asked for. */
  static List<Integer> samples(CalibrationSource source) throws IOException {
    List<Integer> samples = new ArrayList<>();
    for (Optional<TensorBatch> next = source.next(); next.isPresent(); next = source.next()) {
      samples.addAll(samples(next.get()));
    }
    return samples;
  }

  static List<Integer> samples(TensorBatch batch) {
    List<Integer> samples = new ArrayList<>();
    Tensor x = batch.tensor("x").orElseThrow();
    for (int i = 0; i < batch.sampleCount(); i++) {
      samples.add(x.ints().get(i));
    }
    return samples;
  }
}
