/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Some samples for every input of a model: tensors by name that share their first axis, the
 * samples.
 *
 * <p>Keeps the order in which the names were given. Immutable, and thread-safe as its tensors are.
 */
public final class TensorBatch {

  private final Map<String, Tensor> tensors;
  private final long sampleCount;

  private TensorBatch(Map<String, Tensor> tensors, long sampleCount) {
    this.tensors = Collections.unmodifiableMap(tensors);
    this.sampleCount = sampleCount;
  }

  /**
   * Returns a batch.
   *
   * @param tensors input name to tensor of shape [sampleCount, ...]; at least one; the map is
   *     copied in its own order, the tensors are kept
   * @return the batch
   * @throws IllegalArgumentException if there is no tensor, one is a scalar, or their first
   *     dimensions differ
   */
  public static TensorBatch of(Map<String, Tensor> tensors) {
    if (tensors.isEmpty()) {
      throw new IllegalArgumentException("tensors is empty, expected at least one");
    }
    long sampleCount = -1;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      if (tensor.shape().rank() == 0) {
        throw new IllegalArgumentException(
            "tensor '" + entry.getKey() + "' is a scalar, expected a first axis of samples");
      }
      long samples = tensor.shape().dimension(0);
      if (sampleCount >= 0 && samples != sampleCount) {
        throw new IllegalArgumentException(
            "tensor '%s' has %s samples, expected %s as the tensors before it"
                .formatted(entry.getKey(), samples, sampleCount));
      }
      sampleCount = samples;
    }
    return new TensorBatch(new LinkedHashMap<>(tensors), sampleCount);
  }

  /**
   * Returns the names of the tensors.
   *
   * @return an unmodifiable set in the order given
   */
  public Set<String> names() {
    return tensors.keySet();
  }

  /**
   * Returns one tensor.
   *
   * @param name the name of an input
   * @return the tensor of shape [sampleCount, ...], or empty when the batch has none of that name
   */
  public Optional<Tensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /**
   * Returns the number of samples, the first dimension of every tensor.
   *
   * @return the count, from 0
   */
  public long sampleCount() {
    return sampleCount;
  }

  /**
   * Returns a view of some samples; copies no tensor.
   *
   * @param firstSample the first sample
   * @param sampleCount how many samples
   * @return a batch of the same names
   * @throws IndexOutOfBoundsException if the range does not lie within the samples
   */
  public TensorBatch slice(long firstSample, long sampleCount) {
    Map<String, Tensor> slices = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> slices.put(name, tensor.slice(firstSample, sampleCount)));
    return new TensorBatch(slices, sampleCount);
  }

  /**
   * Returns names, types and shapes, not the elements.
   *
   * @return e.g. <code>{x=float[32, 3]}</code>
   */
  /**
   * Returns the same samples in memory of their own, for a source may use its buffers again.
   *
   * @return a batch that shares no memory with this one
   */
  public TensorBatch copy() {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          ByteBuffer bytes = tensor.bytes();
          ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
          copies.put(name, Tensor.of(tensor.elementType(), tensor.shape(), copy));
        });
    return of(copies);
  }

  @Override
  public String toString() {
    return tensors.toString();
  }
}
