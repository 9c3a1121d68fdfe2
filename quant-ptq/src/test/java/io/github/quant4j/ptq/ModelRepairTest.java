/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.repair.CodeReading;
import io.github.quant4j.onnx.repair.Defect;
import io.github.quant4j.onnx.repair.Finding;
import io.github.quant4j.onnx.repair.RepairException;
import io.github.quant4j.ptq.RepairComparison.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelRepairTest {
  private OnnxModel floatModel;
  private OnnxModel int8;

  /**
   * int8 at the input, uint8 behind every Relu: what an eager export of signed codes looks like.
   */
  private OnnxModel eager;

  /** uint8 0 everywhere, on an input that may be unsigned too. */
  private OnnxModel undecided;

  @BeforeAll
  void quantize() throws IOException {
    floatModel = TinyNetwork.harmless().build();
    int8 = BrokenExport.quantized(floatModel);
    eager = BrokenExport.asEagerExport(int8);
    undecided = BrokenExport.withUnsignedZeroPoints(int8, true);
  }

  @Test
  void run_soundModel_changesNothing() throws IOException {
    RepairResult result = ModelRepair.of(int8).run();
    assertThat(result.model().toByteArray()).isEqualTo(int8.toByteArray());
    assertThat(result.report().findings()).isEmpty();
  }

  @Test
  void run_withoutSamples_isVerifiedOnSyntheticOnes() throws IOException {
    RepairResult result = ModelRepair.of(eager).run();
    assertThat(result.verification().isSynthetic()).isTrue();
    assertThat(result.verification().sampleCount()).isEqualTo(4);
    RepairComparison comparison =
        result.verification().comparison(Subject.REPAIRED, Subject.BASELINE).orElseThrow();
    assertThat(comparison.isExact()).isTrue();
  }

  @Test
  void run_signedCodesDeclaredUnsigned_answersAsTheSoundModel() throws IOException {
    RepairResult result = ModelRepair.of(eager).run();
    assertThat(result.report().findings())
        .extracting(Finding::defect)
        .contains(Defect.SIGNED_CODES_DECLARED_UNSIGNED);
    assertThat(outputs(result.model())).isEqualTo(outputs(int8));
  }

  @Test
  void run_undecidedCodesWithoutSamples_isRefused() {
    assertThatThrownBy(() -> ModelRepair.of(undecided).run())
        .isInstanceOf(RepairException.class)
        .hasMessageContaining("R05");
  }

  @Test
  void run_undecidedCodesWithAReading_isRepaired() throws IOException {
    RepairResult result = ModelRepair.of(undecided).undecidedCodes(CodeReading.SIGNED).run();
    assertThat(outputs(result.model())).isEqualTo(outputs(int8));
  }

  @Test
  void run_undecidedCodesWithSamples_readsThemAsTheSamplesSay() throws IOException {
    try (CalibrationSource samples = TinyNetwork.samples(16, 8)) {
      RepairResult result = ModelRepair.of(undecided).run(samples);
      assertThat(outputs(result.model())).isEqualTo(outputs(int8));
      assertThat(result.verification().isSynthetic()).isFalse();
    }
  }

  @Test
  void run_withFloatModel_comparesSourceAndRepairedWithIt() throws IOException {
    try (CalibrationSource samples = TinyNetwork.samples(16, 8)) {
      RepairVerification found =
          ModelRepair.of(eager).floatModel(floatModel).run(samples).verification();
      assertThat(found.sampleCount()).isEqualTo(16);
      double repaired = worst(found, Subject.REPAIRED, Subject.FLOAT_MODEL);
      assertThat(repaired).isGreaterThan(25);
      assertThat(found.comparison(Subject.SOURCE, Subject.FLOAT_MODEL)).isPresent();
      assertThat(found.comparison(Subject.REPAIRED, Subject.REFERENCE)).isEmpty();
    }
  }

  @Test
  void run_withReferenceOutputs_comparesWithThem() throws IOException {
    try (CalibrationSource samples = TinyNetwork.samples(16, 8);
        CalibrationSource references = CalibrationSource.of(outputBatches(int8, 8))) {
      RepairVerification found = ModelRepair.of(eager).run(samples, references).verification();
      assertThat(worst(found, Subject.REPAIRED, Subject.REFERENCE))
          .isEqualTo(Double.POSITIVE_INFINITY);
    }
  }

  @Test
  void run_fewerReferenceOutputsThanSamples_isRefused() throws IOException {
    List<TensorBatch> one = outputBatches(int8, 8).subList(0, 1);
    try (CalibrationSource samples = TinyNetwork.samples(16, 8);
        CalibrationSource references = CalibrationSource.of(one)) {
      ModelRepair repair = ModelRepair.of(eager);
      assertThatThrownBy(() -> repair.run(samples, references))
          .isInstanceOf(VerificationException.class)
          .hasMessageContaining("reference outputs do not go with the samples");
    }
  }

  @Test
  void run_samplesThatCannotBeReadAgain_isRefused() {
    ModelRepair repair = ModelRepair.of(eager);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> repair.run(new Once()))
        .withMessageContaining("rewindable");
  }

  @Test
  void examine_brokenModel_reportsWithoutRunningIt() {
    assertThat(ModelRepair.of(undecided).examine().hasRefusedErrors()).isTrue();
    assertThat(ModelRepair.of(eager).examine().hasRefusedErrors()).isFalse();
  }

  private static double worst(RepairVerification found, Subject of, Subject against) {
    return found.comparison(of, against).orElseThrow().worstSqnr();
  }

  private static List<Float> outputs(OnnxModel model) throws IOException {
    List<Float> values = new ArrayList<>();
    for (TensorBatch batch : outputBatches(model, 16)) {
      batch.tensor("y").or(() -> batch.tensor(batch.names().iterator().next())).stream()
          .map(tensor -> tensor.floats())
          .forEach(
              floats -> {
                while (floats.hasRemaining()) {
                  values.add(floats.get());
                }
              });
    }
    return values;
  }

  private static List<TensorBatch> outputBatches(OnnxModel model, int batchSize)
      throws IOException {
    List<TensorBatch> outputs = new ArrayList<>();
    try (CalibrationSource samples = TinyNetwork.samples(16, batchSize);
        InferenceSession session =
            InferenceSession.open(model.toByteArray(), SessionSettings.defaults())) {
      for (Optional<TensorBatch> next = samples.next(); next.isPresent(); next = samples.next()) {
        outputs.add(TensorBatch.of(session.run(next.get())));
      }
    }
    return outputs;
  }

  /** A source that is read once. */
  private static final class Once implements CalibrationSource {
    @Override
    public Optional<TensorBatch> next() {
      return Optional.empty();
    }

    @Override
    public boolean isRewindable() {
      return false;
    }

    @Override
    public void rewind() {
      throw new UnsupportedOperationException("read once");
    }

    @Override
    public OptionalLong sampleCount() {
      return OptionalLong.empty();
    }

    @Override
    public void close() {}
  }
}
