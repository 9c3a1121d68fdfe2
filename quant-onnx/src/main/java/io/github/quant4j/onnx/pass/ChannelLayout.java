/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * How the channels lie in a weight: as [groupCount, rowCount, groupSize, columnCount], row-major,
 * where channel {@code g * groupSize + j} is everything at [g, ., j, .].
 *
 * <p>Every weight has this form for its output channels, and for its input channels:
 *
 * <pre>
 * weight of                                output channels              input channels
 * Conv [M, C/g, spatial]                   [1, 1, M, C/g * spatial]     [g, M/g, C/g, spatial]
 * ConvTranspose [C, M/g, spatial]          [g, C/g, M/g, spatial]
 * Gemm [N, K] (transB 1)                   [1, 1, N, K]
 * Gemm (transB 0) and MatMul [K, N]        [1, K, N, 1]
 * </pre>
 *
 * @param groupCount the number of groups, each with channels of its own
 * @param rowCount how often the channels of a group come by
 * @param groupSize channels of one group
 * @param columnCount elements of one channel that lie side by side
 */
record ChannelLayout(int groupCount, int rowCount, int groupSize, int columnCount) {
  int channelCount() {
    return groupCount * groupSize;
  }

  /** Returns the weight with every element multiplied by its channel's factor, rounded once. */
  Tensor scaled(Tensor weight, ChannelAffine map) {
    FloatBuffer from = weight.floats();
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(from.remaining(), Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer to = bytes.asFloatBuffer();
    for (int row = 0; row < groupCount * rowCount; row++) {
      for (int j = 0; j < groupSize; j++) {
        double factor = map.factor(row / rowCount * groupSize + j);
        for (int column = 0; column < columnCount; column++) {
          to.put((float) (from.get() * factor));
        }
      }
    }
    return Tensor.of(ElementType.FLOAT, weight.shape(), bytes);
  }

  /** Returns, for every row, the sum of its elements, each times its channel's shift. */
  double[] shiftsOfRows(Tensor weight, ChannelAffine map) {
    FloatBuffer from = weight.floats();
    double[] sums = new double[groupCount * rowCount];
    for (int row = 0; row < sums.length; row++) {
      for (int j = 0; j < groupSize; j++) {
        double shift = map.shift(row / rowCount * groupSize + j);
        for (int column = 0; column < columnCount; column++) {
          sums[row] += from.get() * shift;
        }
      }
    }
    return sums;
  }
}
