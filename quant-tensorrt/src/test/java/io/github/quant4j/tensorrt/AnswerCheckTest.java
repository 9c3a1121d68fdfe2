/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerCheckTest {

  private static final Tensor ONE = Tensor.ofFloats(Shape.of(1), 1);

  @Test
  void against_noSamples_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AnswerCheck.against(inputs -> inputs, List.of()))
        .withMessageStartingWith("samples is empty");
  }

  @Test
  void against_samplesThatChangeLater_keepsThoseGiven() {
    Map<String, Tensor> sample = new HashMap<>(Map.of("x", ONE));
    List<Map<String, Tensor>> samples = new ArrayList<>(List.of(sample));
    AnswerCheck check = AnswerCheck.against(inputs -> inputs, samples);

    sample.clear();
    samples.clear();

    assertThat(check.samples()).containsExactly(Map.of("x", ONE));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void minimumSqnr_notFinite_isRefused(double decibels) {
    AnswerCheck check = AnswerCheck.against(inputs -> inputs, List.of(Map.of()));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> check.minimumSqnr(decibels))
        .withMessageStartingWith("decibels is " + decibels);
  }

  @Test
  void minimumSqnr_set_standsBeforeThatOfTheBuild() {
    AnswerCheck check = AnswerCheck.against(inputs -> inputs, List.of(Map.of()));

    assertThat(check.minimumOr(20)).isEqualTo(20);
    assertThat(check.minimumSqnr(-3).minimumOr(20)).isEqualTo(-3);
  }
}
