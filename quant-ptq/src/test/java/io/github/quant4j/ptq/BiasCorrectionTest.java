/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.quantize.QuantizationError;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.PlanProfile;
import io.github.quant4j.onnx.qdq.Target;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BiasCorrectionTest {
  /** So that the ratio of signal to noise alone decides, and the search leaves nothing float. */
  private static final double OUT_OF_REACH = 200;

  private static final int SAMPLE_SIZE = TinyNetwork.CHANNELS * TinyNetwork.SIZE * TinyNetwork.SIZE;

  /** Returns a layer without bias all weights of which round up but one per channel. */
  private static OnnxModel shifted() {
    float[] weight = new float[TinyNetwork.CHANNELS * TinyNetwork.CHANNELS];
    for (int i = 0; i < weight.length; i++) {
      weight[i] = i % TinyNetwork.CHANNELS == 0 ? 127 : 10.6f;
    }
    Shape shape = Shape.of(TinyNetwork.CHANNELS, TinyNetwork.CHANNELS, 1, 1);
    TinyNetwork network = TinyNetwork.of(-1).constant("W", Tensor.ofFloats(shape, weight));
    return network.output(network.add("Conv", "c", List.of("x", "W"))).build();
  }

  /** Returns samples uniform in [0, scale), the scale by index of the sample. */
  private static TensorBatch samples(int count, long seed, IntToDoubleFunction scale) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count * SAMPLE_SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() * scale.applyAsDouble(i / SAMPLE_SIZE));
    }
    Shape shape = Shape.of(count, TinyNetwork.CHANNELS, TinyNetwork.SIZE, TinyNetwork.SIZE);
    return TensorBatch.of(Map.of("x", Tensor.ofFloats(shape, values)));
  }

  private static OnnxModel quantized(
      OnnxModel model, TensorBatch samples, boolean isCorrected, Target target) throws IOException {
    try (CalibrationSource source = CalibrationSource.of(List.of(samples))) {
      return PostTrainingQuantization.of(model)
          .target(target)
          .profile(PlanProfile.SPEED)
          .accuracyTarget(OUT_OF_REACH)
          .smallestInt8Share(1)
          .biasCorrection(isCorrected)
          .run(source)
          .model();
    }
  }

  private static Tensor run(OnnxModel model, TensorBatch batch) {
    try (InferenceSession session =
        InferenceSession.open(model.toByteArray(), SessionSettings.defaults())) {
      return session.run(batch).values().iterator().next();
    }
  }

  private static double ratio(OnnxModel model, OnnxModel int8) {
    TensorBatch unseen = samples(4, 2, i -> 1);
    QuantizationError error = QuantizationError.create();
    error.observe(run(model, unseen).floats(), run(int8, unseen).floats());
    return error.sqnrDecibels();
  }

  private static Node convolution(OnnxModel model) {
    return model.graph().nodes().stream().filter(node -> node.is("Conv")).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void run_layerThatShifts_isRightOnAverageOnOtherSamples(Target target) throws IOException {
    TensorBatch samples = samples(12, 1, i -> 1);
    OnnxModel plain = quantized(shifted(), samples, false, target);
    OnnxModel corrected = quantized(shifted(), samples, true, target);

    assertThat(ratio(shifted(), corrected)).isGreaterThan(ratio(shifted(), plain) + 6);
    assertThat(convolution(plain).input(2)).isEmpty();
    assertThat(convolution(corrected).input(2)).isPresent();
  }

  @Test
  void run_sameSamplesAgain_givesTheSameBytes() throws IOException {
    TensorBatch samples = samples(12, 1, i -> 1);
    assertThat(quantized(shifted(), samples, true, Target.TENSORRT).toByteArray())
        .isEqualTo(quantized(shifted(), samples, true, Target.TENSORRT).toByteArray());
  }

  @Test
  void run_laterSamplesShiftTheOtherWay_correctsNothing() throws IOException {
    TensorBatch samples = samples(12, 1, i -> i < 6 ? 1 : -0.8);
    assertUncorrected(shifted(), samples);
  }

  @Test
  void run_oneSample_correctsNothing() throws IOException {
    assertUncorrected(shifted(), samples(1, 1, i -> 1));
  }

  @Test
  void run_matrixProductOnly_correctsNothing() throws IOException {
    TinyNetwork network = TinyNetwork.of(-1);
    String flat = network.add("Flatten", "flat", List.of("x"));
    OnnxModel model = network.output(network.product("p", flat, SAMPLE_SIZE, 16)).build();
    assertUncorrected(model, samples(12, 1, i -> 1));
  }

  @Test
  void run_accuracyWantedIsThereWithout_correctsNothing() throws IOException {
    TensorBatch samples = samples(12, 1, i -> 1);
    try (CalibrationSource source = CalibrationSource.of(List.of(samples))) {
      OnnxModel int8 = PostTrainingQuantization.of(shifted()).accuracyTarget(1).run(source).model();
      assertThat(int8.firstQuantizedNode()).isPresent();
      assertThat(convolution(int8).input(2)).isEmpty();
    }
  }

  @Test
  void run_byDefault_corrects() throws IOException {
    TensorBatch samples = samples(12, 1, i -> 1);
    try (CalibrationSource source = CalibrationSource.of(List.of(samples))) {
      OnnxModel int8 =
          PostTrainingQuantization.of(shifted())
              .profile(PlanProfile.SPEED)
              .accuracyTarget(OUT_OF_REACH)
              .smallestInt8Share(1)
              .run(source)
              .model();
      assertThat(convolution(int8).input(2)).isPresent();
    }
  }

  private static void assertUncorrected(OnnxModel model, TensorBatch samples) throws IOException {
    OnnxModel plain = quantized(model, samples, false, Target.TENSORRT);
    assertThat(plain.firstQuantizedNode()).isPresent();
    assertThat(quantized(model, samples, true, Target.TENSORRT).toByteArray())
        .isEqualTo(plain.toByteArray());
  }
}
