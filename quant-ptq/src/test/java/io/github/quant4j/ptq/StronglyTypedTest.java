/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.half.ConvertToHalf;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.QuantizationManifest;
import io.github.quant4j.onnx.qdq.Target;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Mode S from the float model to its verification. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StronglyTypedTest {
  private OnnxModel floatModel;
  private QuantizedModel strong;
  private QuantizedModel weak;

  @BeforeAll
  void quantize() throws IOException {
    floatModel = TestSamples.model("resnet20_fp32");
    PostTrainingQuantization quantization = PostTrainingQuantization.of(floatModel);
    weak = run(quantization);
    strong = run(quantization.buildMode(BuildMode.STRONGLY_TYPED));
  }

  private static QuantizedModel run(PostTrainingQuantization quantization) throws IOException {
    try (CalibrationSource samples = TestSamples.images(16, 8)) {
      return quantization.run(samples);
    }
  }

  private VerificationReport verify(OnnxModel int8) throws IOException {
    try (CalibrationSource samples = TestSamples.images(16, 8)) {
      return Verification.of(floatModel, int8).threadCount(1).run(samples);
    }
  }

  @Test
  void run_modeS_saysSoInTheManifest() {
    QuantizationManifest manifest = QuantizationManifest.of(strong.model()).orElseThrow();

    assertThat(manifest.mode()).isEqualTo(BuildMode.STRONGLY_TYPED);
    assertThat(manifest.target()).contains(Target.TENSORRT);
    assertThat(manifest.isCalibratedBy(strong.table())).isTrue();
    assertThat(strong.model().opset()).isEqualTo(19);
  }

  @Test
  void run_modeS_isFloat16BetweenTheCodes() {
    Stream<ElementType> scaleTypes =
        strong.model().graph().nodes().stream()
            .filter(node -> node.is("DequantizeLinear"))
            .map(node -> node.input(1).flatMap(Value::constant).orElseThrow().elementType());

    assertThat(scaleTypes.filter(type -> type == ElementType.FLOAT16).count()).isGreaterThan(20);
    assertThat(strong.model().graph().inputs()).hasToString(floatModel.graph().inputs().toString());
    assertThat(strong.model().graph().outputs())
        .hasToString(floatModel.graph().outputs().toString());
  }

  @Test
  void run_modeS_observesEveryTensorThatMayBecomeFloat16() {
    OnnxModel normalised = floatModel.copy();
    PassPipeline.normalization().run(normalised);

    assertThat(strong.table().tensors())
        .containsAll(strong.plan().observationPoints())
        .containsAll(ConvertToHalf.observationPoints(normalised))
        .hasSizeGreaterThan(weak.table().tensors().size());
  }

  @Test
  void run_modeSForOnnxRuntime_isRefusedBeforeASampleIsRead() throws IOException {
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(floatModel)
            .buildMode(BuildMode.STRONGLY_TYPED)
            .target(Target.ONNXRUNTIME);
    try (CalibrationSource samples = TestSamples.images(2, 2)) {
      assertThatThrownBy(() -> quantization.run(samples))
          .isInstanceOf(OnnxException.class)
          .hasMessage(
              "build mode S is one of TensorRT, found target ONNXRUNTIME; choose mode W or target"
                  + " TENSORRT");
      assertThat(samples.next()).isPresent();
    }
  }

  @Test
  void verify_modeS_isAsCloseToFloatAsModeW() throws IOException {
    VerificationReport ofStrong = verify(strong.model());
    VerificationReport ofWeak = verify(weak.model());

    assertThat(ofStrong.worstOutputSqnr()).isGreaterThan(ofWeak.worstOutputSqnr() - 1.5);
    assertThat(ofStrong.tensors())
        .extracting(TensorComparison::name)
        .isEqualTo(ofWeak.tensors().stream().map(TensorComparison::name).toList());
    assertThat(ofStrong.tensors()).allMatch(tensor -> tensor.sqnrDecibels() > 20);
  }

  /** Signal to noise: 9 dB as it is, 10 without the optimizer, 29 with wide quantizers. */
  @Test
  void verify_modeS_needsWhatItDoesToTheModel() throws IOException {
    SessionSettings plain = SessionSettings.defaults().withThreadCount(1);
    RuntimeForm form = RuntimeForm.of(strong.model(), plain);
    double asItIs = noise(strong.model(), plain);
    double withoutOptimizer = noise(strong.model(), form.settings());

    assertThat(withoutOptimizer).isLessThan(0.95 * asItIs);
    assertThat(noise(form.model(), form.settings())).isLessThan(0.1 * withoutOptimizer);
  }

  /** Returns the mean square of the difference to the float model. */
  private double noise(OnnxModel model, SessionSettings settings) throws IOException {
    float[] expected = logits(floatModel, settings);
    float[] actual = logits(model, settings);
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      sum += Math.pow(expected[i] - actual[i], 2);
    }
    return sum / expected.length;
  }

  private static float[] logits(OnnxModel model, SessionSettings settings) throws IOException {
    try (CalibrationSource samples = TestSamples.images(8, 8);
        InferenceSession session = InferenceSession.open(model.toByteArray(), settings)) {
      TensorBatch batch = samples.next().orElseThrow();
      Tensor logits = session.run(batch).values().iterator().next();
      float[] values = new float[logits.floats().remaining()];
      logits.floats().get(values);
      return values;
    }
  }

  @Test
  void of_modelOfModeW_isRunAsItIs() {
    RuntimeForm form = RuntimeForm.of(weak.model(), SessionSettings.defaults());

    assertThat(form.model()).isSameAs(weak.model());
    assertThat(form.settings().disabledOptimizers()).isEmpty();
    assertThat(form.isStronglyTyped()).isFalse();
  }

  @Test
  void of_modelOfModeS_isWidenedInACopy() {
    byte[] before = strong.model().toByteArray();
    RuntimeForm form = RuntimeForm.of(strong.model(), SessionSettings.defaults());

    List<Node> quantizers =
        form.model().graph().nodes().stream().filter(node -> node.is("QuantizeLinear")).toList();
    assertThat(quantizers)
        .isNotEmpty()
        .allMatch(
            node ->
                node.input(1).flatMap(Value::constant).orElseThrow().elementType()
                    == ElementType.FLOAT);
    assertThat(form.settings().disabledOptimizers()).containsExactly("WeightBiasQuantization");
    assertThat(strong.model().toByteArray()).isEqualTo(before);
  }
}
