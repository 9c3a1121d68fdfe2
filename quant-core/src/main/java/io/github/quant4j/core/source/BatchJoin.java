/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects samples that become one batch. Not thread-safe. */
final class BatchJoin {

  private final List<NumberedBatch> parts = new ArrayList<>();
  private long sampleCount;

  /**
   * Adds the samples that come next.
   *
   * @throws SourceException if they differ in names, types or shapes from those before
   */
  void add(NumberedBatch part) {
    if (!parts.isEmpty()) {
      part.requireJoinable(parts.get(0));
    }
    parts.add(part);
    sampleCount += part.sampleCount();
  }

  long sampleCount() {
    return sampleCount;
  }

  /** Returns all samples, the part itself when there is one only. */
  TensorBatch joined() {
    if (parts.size() == 1) {
      return parts.get(0).batch();
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : parts.get(0).batch().names()) {
      tensors.put(name, joined(name));
    }
    return TensorBatch.of(tensors);
  }

  private Tensor joined(String name) {
    long byteSize = 0;
    for (NumberedBatch part : parts) {
      byteSize += part.tensor(name).bytes().remaining();
    }
    NumberedBatch last = parts.get(parts.size() - 1);
    if (byteSize > Integer.MAX_VALUE) {
      throw new SourceException(
          "tensor '%s' has %s bytes in %s samples up to batch %s, %s"
              .formatted(
                  name,
                  byteSize,
                  sampleCount,
                  last.number(),
                  "expected at most 2147483647 in one batch; choose a smaller batch size"),
          last.number(),
          name);
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) byteSize);
    parts.forEach(part -> bytes.put(part.tensor(name).bytes()));
    long[] dimensions = last.tensor(name).shape().toArray();
    dimensions[0] = sampleCount;
    return Tensor.of(last.tensor(name).elementType(), Shape.of(dimensions), bytes.flip());
  }
}
