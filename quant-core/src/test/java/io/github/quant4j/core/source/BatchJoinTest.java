/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchJoinTest {

  @Test
  void joinBeyondTheBytesOfATensorIsRefused() {
    int byteSize = 1 << 22;
    Tensor large =
        Tensor.of(ElementType.INT8, Shape.of(1, byteSize), ByteBuffer.allocate(byteSize));
    BatchJoin join = new BatchJoin();
    for (int number = 1; number <= 512; number++) {
      join.add(new NumberedBatch(number, TensorBatch.of(Map.of("x", large))));
    }

    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(join::joined)
        .withMessage(
            "tensor 'x' has 2147483648 bytes in 512 samples up to batch 512,"
                + " expected at most 2147483647 in one batch; choose a smaller batch size");
  }
}
