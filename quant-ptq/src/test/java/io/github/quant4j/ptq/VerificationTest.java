/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.calibration.CalibrationProgress;
import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.ExposeObservationPoints;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerificationTest {
  private static final int SAMPLES = 20;

  private OnnxModel floatModel;
  private OnnxModel int8Model;

  @BeforeAll
  void quantize() throws IOException {
    floatModel = TestSamples.model("mobilenet_fp32");
    try (CalibrationSource samples = TestSamples.images(SAMPLES, 10)) {
      int8Model = PostTrainingQuantization.of(floatModel).run(samples).model();
    }
  }

  private static VerificationReport run(Verification verification) throws IOException {
    try (CalibrationSource samples = TestSamples.images(SAMPLES, 8)) {
      return verification.run(samples);
    }
  }

  /** The classes the float model itself gives, computed apart from Verification. */
  private long[] classesOfFloatModel() throws IOException {
    try (CalibrationSource samples = TestSamples.images(SAMPLES, SAMPLES);
        InferenceSession session =
            InferenceSession.open(floatModel.toByteArray(), SessionSettings.defaults())) {
      TensorBatch batch = samples.next().orElseThrow();
      Tensor logits = session.run(batch).values().iterator().next();
      FloatBuffer scores = logits.floats();
      long[] classes = new long[SAMPLES];
      for (int i = 0; i < SAMPLES; i++) {
        for (int j = 0; j < 10; j++) {
          if (scores.get(i * 10 + j) > scores.get(i * 10 + (int) classes[i])) {
            classes[i] = j;
          }
        }
      }
      return classes;
    }
  }

  @Test
  void run_modelWithItself_findsNoDifference() throws IOException {
    VerificationReport report = run(Verification.of(floatModel, floatModel));
    assertThat(report.sampleCount()).isEqualTo(SAMPLES);
    assertThat(report.worstOutputSqnr()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(report.outputs().get(0).cosineSimilarity()).isCloseTo(1, within(1e-9));
    assertThat(report.outputs().get(0).maximumAbsoluteError()).isZero();
    assertThat(report.tensors()).isEmpty();
    assertThat(report.topOne()).isEmpty();
  }

  @Test
  void run_floatAndInt8_comparesEveryQuantizedTensor() throws IOException {
    VerificationReport report = run(Verification.of(floatModel, int8Model));
    long pairs =
        int8Model.graph().nodes().stream().filter(node -> node.is("QuantizeLinear")).count();
    assertThat(report.tensors()).hasSize((int) pairs);
    assertThat(report.tensors()).allMatch(tensor -> tensor.sqnrDecibels() > 15);
    assertThat(report.worstOutputSqnr()).isBetween(15.0, 60.0);
  }

  @Test
  void run_graphInputQuantized_hasTheNoiseOfRoundingAlone() throws IOException {
    VerificationReport report = run(Verification.of(floatModel, int8Model));
    TensorComparison input = report.tensors().get(0);
    assertThat(input.name()).isEqualTo("input");
    // Half a step: the largest of the absolute values over 127, over 2.
    double largest = 0;
    for (float pixel : TestSamples.pixels(SAMPLES)) {
      largest = Math.max(largest, Math.abs(pixel));
    }
    assertThat(input.maximumAbsoluteError()).isCloseTo(largest / 127 / 2, within(1e-3));
  }

  @Test
  void run_noTensorSamples_comparesOutputsOnly() throws IOException {
    VerificationReport report = run(Verification.of(floatModel, int8Model).tensorSamples(0));
    assertThat(report.tensors()).isEmpty();
    assertThat(report.outputs()).hasSize(1);
  }

  @Test
  void run_labelsOfTheFloatModel_countsItAllRight() throws IOException {
    long[] labels = classesOfFloatModel();
    TopOneAccuracy topOne =
        run(Verification.of(floatModel, int8Model).labels(labels)).topOne().orElseThrow();
    assertThat(topOne.reference()).isEqualTo(1.0);
    assertThat(topOne.quantizedCorrect()).isEqualTo(topOne.agreeing());
    assertThat(topOne.dropPoints())
        .isCloseTo(100.0 * (SAMPLES - topOne.quantizedCorrect()) / SAMPLES, within(1e-9));
  }

  @Test
  void run_labelOfAnotherClass_countsOneWrong() throws IOException {
    long[] labels = classesOfFloatModel();
    labels[SAMPLES - 1] = (labels[SAMPLES - 1] + 1) % 10;
    TopOneAccuracy topOne =
        run(Verification.of(floatModel, floatModel).labels(labels)).topOne().orElseThrow();
    assertThat(topOne.referenceCorrect()).isEqualTo(SAMPLES - 1);
    assertThat(topOne.dropPoints()).isZero();
  }

  @Test
  void run_fewerLabelsThanSamples_isRefusedWithBothNumbers() {
    Verification verification = Verification.of(floatModel, int8Model).labels(1, 2, 3);
    assertThatThrownBy(() -> run(verification))
        .isInstanceOf(VerificationException.class)
        .hasMessageContainingAll("3 labels", "20 samples");
  }

  @Test
  void run_otherOutputs_isRefusedWithBothLists() throws IOException {
    OnnxModel more = floatModel.copy();
    String extra = more.graph().nodes().get(0).output().name();
    ExposeObservationPoints.of(List.of(extra)).run(more);
    assertThatThrownBy(() -> run(Verification.of(floatModel, more)))
        .isInstanceOf(VerificationException.class)
        .hasMessageContainingAll("logits", extra);
  }

  @Test
  void run_noSample_isRefused() throws IOException {
    Verification verification = Verification.of(floatModel, int8Model);
    try (CalibrationSource empty = CalibrationSource.of(List.of())) {
      assertThatThrownBy(() -> verification.run(empty))
          .isInstanceOf(VerificationException.class)
          .hasMessageContaining("no sample");
    }
  }

  @Test
  void run_withListener_reportsEveryBatch() throws IOException {
    List<CalibrationProgress> seen = new ArrayList<>();
    run(Verification.of(floatModel, int8Model).listener(seen::add));
    assertThat(seen).extracting(CalibrationProgress::sampleCount).containsExactly(8L, 16L, 20L);
    assertThat(seen.get(2).batchCount()).isEqualTo(3);
  }

  @Test
  void tensorSamples_negative_isRefused() {
    Verification verification = Verification.of(floatModel, int8Model);
    assertThatIllegalArgumentException().isThrownBy(() -> verification.tensorSamples(-1));
  }

  @Test
  void run_fixedNumberOfSamples_comparesTensorsOfWholeBatches() throws IOException {
    OnnxModel fixed = TinyNetwork.withRuin(8).build();
    try (CalibrationSource samples = TinyNetwork.samples(16, 8);
        CalibrationSource others = TinyNetwork.samples(16, 8)) {
      OnnxModel int8 = PostTrainingQuantization.of(fixed).run(samples).model();
      VerificationReport report = Verification.of(fixed, int8).tensorSamples(3).run(others);

      assertThat(report.tensors()).isNotEmpty();
      assertThat(report.sampleCount()).isEqualTo(16);
    }
  }
}
