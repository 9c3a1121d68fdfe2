/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.tensorrt.Availability.Available;
import io.github.quant4j.tensorrt.Availability.Unavailable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AvailabilityTest {

  @Test
  void available_summaryNamesVersionsAndDevices() {
    Availability available = new Available("10.6.0", "12.6", "13.0", List.of(FakeLibraries.DEVICE));

    assertThat(available.isAvailable()).isTrue();
    assertThat(available.summary())
        .isEqualTo(
            "TensorRT 10.6.0 is available: CUDA runtime 12.6, driver for CUDA 13.0, devices [NVIDIA H200]");
  }

  @Test
  void available_listOfTheCallerChangesLater_keepsItsDevices() {
    List<GpuDevice> devices = new ArrayList<>(List.of(FakeLibraries.DEVICE));
    Available available = new Available("10.6.0", "12.6", "13.0", devices);

    devices.clear();

    assertThat(available.devices()).containsExactly(FakeLibraries.DEVICE);
  }

  @Test
  void unavailable_summaryIsReasonAndRemedy() {
    Availability unavailable =
        new Unavailable(MissingPiece.DRIVER, "no driver", "install one", null);

    assertThat(unavailable.isAvailable()).isFalse();
    assertThat(unavailable.summary())
        .isEqualTo("TensorRT is not available: no driver; install one");
  }

  @Test
  void device_withoutName_isRefused() {
    assertThatThrownBy(() -> new GpuDevice(nothing(), 9, 0, 1))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("name");
  }

  @SuppressWarnings("NullAway") // what a caller without null checks can pass
  private static String nothing() {
    return null;
  }
}
