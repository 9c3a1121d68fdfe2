/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Q12: activations between convolutions. Needs a GPU. Runs last: TensorRT 10.6 was seen to end the
 * process over an activation of this kind.
 */
@Tag("gpu")
@Order(Integer.MAX_VALUE)
class ActivationGpuTest {

  @ParameterizedTest
  @MethodSource("io.github.quant4j.ptq.device.ActivationNetworks#all")
  void activation_quantizedNext_isRight(Question question) throws IOException {
    Map<String, Measured> measured = DeviceRun.of(question);

    assertThat(measured).containsKey("FP16");
    measured.values().forEach(Measured::isRight);
  }
}
