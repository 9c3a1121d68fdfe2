/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.tensorrt.Availability.Available;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Needs a GPU, its driver and TensorRT. */
@Tag("gpu")
class TensorRtGpuTest {

  @Test
  void availability_onGpuMachine_namesVersionsAndDevices() {
    assertThat(TensorRt.availability()).isInstanceOf(Available.class);
    Available found = (Available) TensorRt.availability();

    assertThat(found.tensorRtVersion()).matches("10\\.\\d+\\.\\d+");
    assertThat(found.cudaRuntimeVersion()).matches("\\d+\\.\\d+");
    assertThat(found.cudaDriverVersion()).matches("\\d+\\.\\d+");
    assertThat(found.devices())
        .isNotEmpty()
        .allSatisfy(
            device -> {
              assertThat(device.name()).isNotBlank();
              assertThat(device.computeMajor()).isPositive();
              assertThat(device.memoryBytes()).isGreaterThan(1L << 30);
            });
  }

  @Test
  void capabilities_tensorRt10_areThoseOfTheGpu() {
    int computeMajor = CudaCalls.currentDevice().computeMajor();

    assertThat(TensorRt.capabilities())
        .contains(Capability.CALIBRATORS, Capability.WEAK_TYPING, Capability.STRONG_TYPING)
        .satisfies(
            found -> assertThat(found.contains(Capability.BF16)).isEqualTo(computeMajor >= 8));
  }

  @Test
  void builderCreatedAndClosedTwice_itsLoggerReceivedMessages() {
    TensorRt.verifyAvailable();
    BuildLog log = BuildLog.create();

    BuilderHandle builder = BuilderHandle.create(log).orElseThrow();
    builder.close();
    builder.close();

    assertThat(log.messages()).isNotEmpty();
    assertThat(log.errors()).isEmpty();
  }
}
