/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Needs a GPU, its driver and TensorRT. */
@Tag("gpu")
@TestInstance(Lifecycle.PER_CLASS)
class AnswerCheckGpuTest {

  private Engine engine;
  private ExecutionSession float32;

  @BeforeAll
  void buildReference() throws IOException {
    engine = FashionMnist.quickBuilder().build().load();
    float32 = engine.newSession();
  }

  @AfterAll
  void closeReference() {
    float32.close();
    engine.close();
  }

  @Test
  void build_engineThatAnswersAsItsReference_tellsHowFar() throws IOException {
    EnginePlan plan =
        FashionMnist.quickBuilder()
            .precision(Precision.FP16)
            .check(check(float32::run, 1, 32))
            .build();

    assertThat(plan.agreements())
        .singleElement()
        .satisfies(
            logits -> {
              assertThat(logits.output()).isEqualTo("logits");
              assertThat(logits.sqnrDecibels()).isBetween(35.0, 120.0);
              assertThat(logits.largestDifference()).isBetween(0.0, 0.5);
              assertThat(logits.nonFiniteCount()).isZero();
            });
    assertThat(plan.options()).startsWith("FP16, profiles [{input=");
  }

  @Test
  void build_engineThatAnswersOtherwise_isRefusedWithFiguresAndOptions() {
    // What another picture gets is no answer at all.
    Map<String, Tensor> other = sample(100, 32);

    assertThatExceptionOfType(EngineMismatchException.class)
        .isThrownBy(
            () ->
                FashionMnist.quickBuilder()
                    .precision(Precision.FP16)
                    .check(check(inputs -> float32.run(other), 32))
                    .build())
        .withMessageStartingWith("engine answers unlike the reference in output 'logits' ")
        .withMessageContaining("expected 20.0 dB or more")
        .withMessageContaining("built with FP16, profiles")
        .satisfies(
            e ->
                assertThat(e.agreements())
                    .singleElement()
                    .satisfies(logits -> assertThat(logits.sqnrDecibels()).isLessThan(10)));
  }

  @Test
  void build_twoProfiles_bothAreCheckedAndRun() throws IOException {
    EngineBuilder builder =
        FashionMnist.quickBuilder()
            .profile(
                ShapeProfile.parse(List.of("input:1x1x32x32,4x1x32x32,8x1x32x32")),
                ShapeProfile.parse(List.of("input:64x1x32x32,100x1x32x32,100x1x32x32")));

    try (Engine two = builder.check(check(float32::run, 3, 80)).build().load();
        ExecutionSession few = two.newSession();
        ExecutionSession many = two.newSession(1)) {
      assertThat(two.profileCount()).isEqualTo(2);
      assertThat(two.profile(1).ranges().get("input"))
          .hasToString("[64, 1, 32, 32]..[100, 1, 32, 32]..[100, 1, 32, 32]");
      assertThat(FashionMnist.logits(few.run(sample(0, 8)))).hasSize(80);
      assertThat(FashionMnist.logits(many.run(sample(0, 100)))).hasSize(1000);
      assertThatExceptionOfType(EngineInputException.class)
          .isThrownBy(() -> few.run(sample(0, 100)));
    }
    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(() -> builder.check(check(float32::run, 8, 20)).build())
        .withMessageStartingWith("sample 2 of 2 of the check fits no optimization profile");
  }

  @Test
  void build_float16PairStronglyTyped_answersAsItsFormula() throws IOException {
    Tensor x = Tensor.ofFloats(Shape.of(4), -1, 0.5f, 1 / 16f, 7);
    EnginePlan plan =
        EngineBuilder.of(TinyModels.float16Pair())
            .stronglyTyped()
            .check(
                AnswerCheck.against(
                    inputs -> Map.of("y", Tensor.ofFloats(Shape.of(4), 0, 0.5f, 1 / 16f, 7)),
                    List.of(Map.of("x", x))))
            .build();

    assertThat(plan.agreements())
        .singleElement()
        .hasToString("'y' Infinity dB, largest difference 0.00");
  }

  @Test
  void build_float32PairStronglyTyped_isRefused() {
    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(() -> EngineBuilder.of(TinyModels.float32Pair()).stronglyTyped().build())
        .withMessageStartingWith("graph has Q/DQ pairs in float32 and the build is stronglyTyped");
  }

  private static AnswerCheck check(EngineReference reference, int... counts) {
    return AnswerCheck.against(
        reference, IntStream.of(counts).mapToObj(count -> sample(0, count)).toList());
  }

  private static Map<String, Tensor> sample(int first, int count) {
    try {
      return FashionMnist.pictures(first, count);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
