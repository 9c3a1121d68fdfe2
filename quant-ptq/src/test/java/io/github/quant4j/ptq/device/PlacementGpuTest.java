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

/** Q2, Q3, Q6, Q7 and Q8: where pairs cost and where they pay. Needs a GPU. */
@Tag("gpu")
class PlacementGpuTest {

  @Test
  void residual_skipWithPair_isFusedInEitherOrder() throws IOException {
    Map<String, Measured> measured = DeviceRun.of(PlacementNetworks.residuals());

    Measured second = requireNonNull(measured.get("skip second")).isRight().isFused();
    Measured first = requireNonNull(measured.get("skip first")).isRight().isFused();
    assertThat(first.layerCount()).isEqualTo(second.layerCount());
    assertThat(second.ratio()).isLessThan(1);
  }

  @ParameterizedTest
  @MethodSource
  void placement_anyVariant_isBuiltAndRight(Question question) throws IOException {
    Map<String, Measured> measured = DeviceRun.of(question);

    assertThat(measured).hasSameSizeAs(question.variants());
    measured.values().forEach(Measured::isRight);
  }

  static Stream<Question> placement_anyVariant_isBuiltAndRight() {
    return PlacementNetworks.all().filter(question -> !question.label().startsWith("Q2"));
  }
}
