/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Q1, Q5, Q11 and Q13: which forms of convolutions INT8 makes faster. Needs a GPU. */
@Tag("gpu")
class ConvolutionGpuTest {

  @Test
  void transposed_oneScaleForItsWeights_isBuiltAndRight() throws IOException {
    Map<String, Measured> measured = DeviceRun.of(ConvolutionNetworks.transposed());

    assertThat(measured).containsKey("one scale");
    requireNonNull(measured.get("one scale")).isRight();
  }

  @Test
  void weights_codesOrFloats_giveTheSameEngine() throws IOException {
    Map<String, Measured> measured = DeviceRun.of(ConvolutionNetworks.weightForms());

    measured.values().forEach(Measured::isRight);
    assertThat(measured.values()).extracting(Measured::layerCount).hasSize(2);
    assertThat(measured.values().stream().map(Measured::layerCount).distinct()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 32})
  void grouped_channelsInAGroup_isRight(int count) throws IOException {
    DeviceRun.of(ConvolutionNetworks.grouped(count)).values().forEach(Measured::isRight);
  }

  @ParameterizedTest
  @MethodSource
  void channels_anyNumber_isRight(Question question) throws IOException {
    Map<String, Measured> measured = DeviceRun.of(question);

    assertThat(measured).hasSize(2);
    measured.values().forEach(Measured::isRight);
  }

  static Stream<Question> channels_anyNumber_isRight() {
    return ConvolutionNetworks.all().filter(question -> question.label().startsWith("Q13"));
  }
}
