/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Q15: matrix products by width and number of rows. Needs a GPU. */
@Tag("gpu")
class ProductGpuTest {

  @ParameterizedTest
  @MethodSource("io.github.quant4j.ptq.device.ProductNetworks#perceptrons")
  void perceptron_widthAndRows_isRight(Question question) throws IOException {
    verify(question);
  }

  @ParameterizedTest
  @MethodSource("io.github.quant4j.ptq.device.ProductNetworks#gemms")
  void gemm_widthAndRows_isRight(Question question) throws IOException {
    verify(question);
  }

  private static void verify(Question question) throws IOException {
    Map<String, Measured> measured = DeviceRun.of(question);

    assertThat(measured).hasSize(2);
    measured.values().forEach(Measured::isRight);
  }
}
