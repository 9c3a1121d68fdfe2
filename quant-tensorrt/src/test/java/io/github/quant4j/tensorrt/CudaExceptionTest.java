/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CudaExceptionTest {

  @Test
  void isOutOfMemory_tellsMemoryFromTheRest() {
    CudaException memory =
        new CudaException("allocating", 2, "cudaErrorMemoryAllocation", "out of memory");
    CudaException other =
        new CudaException("running on the GPU", 700, "cudaErrorIllegalAddress", "bad address");

    assertThat(memory.isOutOfMemory()).isTrue();
    assertThat(memory).hasMessageContaining("allocating failed: cudaErrorMemoryAllocation (out of");
    assertThat(other.isOutOfMemory()).isFalse();
    assertThat(other)
        .hasMessage("running on the GPU failed: cudaErrorIllegalAddress (bad address)");
    assertThat(other.status()).isEqualTo(700);
    assertThat(other.statusName()).isEqualTo("cudaErrorIllegalAddress");
  }
}
