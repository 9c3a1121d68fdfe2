/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.ptq.PostTrainingQuantization;
import io.github.quant4j.ptq.real.FashionImages;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.Precision;
import io.github.quant4j.tensorrt.ShapeProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Q10: one model built weakly and strongly typed. Needs a GPU. */
@Tag("gpu")
class BuildModeGpuTest {

  private static final ShapeProfile PROFILE = ShapeProfile.parse(List.of("input:128x1x32x32"));

  /** What INT8 keeps of the float model; unrelated answers are at about 0 dB. */
  private static final double LEAST = 15;

  @Test
  void resNet_weaklyOrStronglyTyped_answersAsTheFloatModel() throws IOException {
    OnnxModel floatModel = OnnxModel.read(Path.of("..", "data", "models", "resnet20_fp32.onnx"));
    TensorBatch images = FashionImages.images("test", 128).get(0);
    Tensor expected = Reference.output(floatModel, images);
    try (DeviceRun run = new DeviceRun("Q10 ResNet-20, batch 128", images)) {
      run.add("FP16", profiled(DeviceRun.builder(floatModel, Precision.FP16)), expected);
      run.add(
          "weakly typed",
          profiled(
              DeviceRun.builder(quantized(floatModel, BuildMode.WEAKLY_TYPED), Precision.INT8)),
          expected);
      run.add(
          "strongly typed",
          profiled(DeviceRun.stronglyTyped(quantized(floatModel, BuildMode.STRONGLY_TYPED))),
          expected);
      Map<String, Measured> measured = run.measure();

      assertThat(measured).hasSize(3);
      assertThat(measured.values())
          .allSatisfy(engine -> assertThat(engine.decibels()).isGreaterThan(LEAST));
      requireNonNull(measured.get("weakly typed")).isFused();
    }
  }

  private static OnnxModel quantized(OnnxModel model, BuildMode mode) throws IOException {
    try (CalibrationSource samples =
        CalibrationSource.of(FashionImages.images("calibration", 64))) {
      return PostTrainingQuantization.of(model).buildMode(mode).run(samples).model();
    }
  }

  private static EngineBuilder profiled(EngineBuilder builder) {
    return builder.profile(PROFILE);
  }
}
