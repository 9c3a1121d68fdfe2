/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerComparisonTest {

  private static final float NAN = Float.NaN;
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private final AnswerComparison comparison = new AnswerComparison("FP16, sparsity");

  @Test
  void agreements_overSeveralSamples_areThoseOfAllPairs() {
    observe(floats(3, 0), floats(3, 1));
    observe(floats(1), floats(1));

    assertThat(comparison.agreements())
        .containsExactly(new OutputAgreement("y", 10, 1, 0, 2 / 3.0));
  }

  @Test
  void combine_twoComparisons_isThatOfAllPairs() {
    observe(floats(3, NAN), floats(3, 1));
    AnswerComparison other = new AnswerComparison("FP16");
    other.observe(Map.of("y", floats(1, 0)), Map.of("y", floats(1, 1)));

    comparison.combine(other);

    assertThat(comparison)
        .hasToString("['y' 10.0 dB, largest difference 1.00, 1 elements not finite]");
    assertThat(comparison.agreements().get(0).equalShare()).isEqualTo(0.5);
  }

  @Test
  void verify_worseThanTheLimit_namesOutputFiguresAndOptions() {
    Tensor same = floats(1);
    comparison.observe(
        Map.of("y", floats(3, 0), "fine", same), Map.of("y", floats(3, 1), "fine", same));

    assertThatExceptionOfType(EngineMismatchException.class)
        .isThrownBy(() -> comparison.verify(10.1))
        .withMessageStartingWith(
            "engine answers unlike the reference in output 'y' 9.5 dB, largest difference 1.00,"
                + " expected 10.1 dB or more")
        .withMessageContaining("built with FP16, sparsity;")
        .satisfies(e -> assertThat(e.agreements()).hasSize(2));
  }

  @Test
  void verify_asGoodAsTheLimit_returns() {
    observe(floats(3, 1), floats(3, 0));

    assertThatCode(() -> comparison.verify(10)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void agreements_unrelatedAnswers_areFarBelowEveryLimit(long seed) {
    Random random = new Random(seed);
    float[] expected = new float[1000];
    float[] actual = new float[expected.length];
    for (int index = 0; index < expected.length; index++) {
      expected[index] = (float) random.nextGaussian();
      actual[index] = (float) random.nextGaussian();
    }

    observe(floats(expected), floats(actual));

    assertThat(comparison.agreements().get(0).sqnrDecibels())
        .as("seed %s", seed)
        .isCloseTo(-3, within(0.7));
  }

  @Test
  void agreements_notFiniteOnBothSides_isLeftOut() {
    observe(floats(NAN, INFINITY, 2), floats(NAN, INFINITY, 2));

    assertThat(comparison.agreements())
        .containsExactly(new OutputAgreement("y", Double.POSITIVE_INFINITY, 0, 0, 1));
  }

  @Test
  void verify_notFiniteOnOneSide_isRefusedHoweverCloseTheRestIs() {
    observe(floats(NAN, 1, INFINITY, 2), floats(1, INFINITY, -INFINITY, 2));

    assertThatExceptionOfType(EngineMismatchException.class)
        .isThrownBy(() -> comparison.verify(20))
        .withMessageContaining("3 elements not finite");
  }

  @Test
  void verify_emptyOutput_returns() {
    observe(floats(), floats());

    assertThatCode(() -> comparison.verify(40)).doesNotThrowAnyException();
    assertThat(comparison.agreements().get(0).equalShare()).isEqualTo(1);
  }

  @Test
  void verify_otherIntegers_areReportedAndNotJudged() {
    observe(
        Tensor.ofLongs(Shape.of(8), 1, 2, 3, 4, 5, 6, 7, 8),
        Tensor.ofLongs(Shape.of(8), 1, 1L << 40, 3, 4, 5, 6, -7, 8));

    assertThatCode(() -> comparison.verify(40)).doesNotThrowAnyException();
    assertThat(comparison.agreements()).singleElement().hasToString("'y' 75.0 % equal");
  }

  @Test
  void agreements_shorterFloatsOnOneSide_areComparedByValue() {
    ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort(0, (short) 0x3c00).putShort(2, (short) 0xc000);

    observe(floats(1, -2), Tensor.of(ElementType.FLOAT16, Shape.of(2), bytes));

    assertThat(comparison.agreements().get(0).equalShare()).isEqualTo(1);
  }

  @Test
  void observe_anotherShape_isNoAnswer() {
    assertThatExceptionOfType(EngineMismatchException.class)
        .isThrownBy(() -> observe(floats(1, 2), floats(1)))
        .withMessage(
            "engine gives output 'y' as float[1], expected float[2] as the reference does; built"
                + " with FP16, sparsity");
  }

  @Test
  void observe_floatsForIntegers_isNoAnswer() {
    assertThatExceptionOfType(EngineMismatchException.class)
        .isThrownBy(() -> observe(Tensor.ofLongs(Shape.of(1), 1), floats(1)));
  }

  @Test
  void observe_referenceWithoutTheOutput_blamesTheReference() {
    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(() -> comparison.observe(Map.of("z", floats(1)), Map.of("y", floats(1))))
        .withMessage(
            "reference of the check gives outputs [z], expected 'y' of the engine among them")
        .isNotInstanceOf(EngineMismatchException.class);
  }

  private void observe(Tensor expected, Tensor actual) {
    comparison.observe(Map.of("y", expected), Map.of("y", actual));
  }

  private static Tensor floats(float... values) {
    return Tensor.ofFloats(Shape.of(values.length), values);
  }
}
