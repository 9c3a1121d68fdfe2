/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.StripQuantizeDequantize;
import io.github.quant4j.ptq.ModelRepair;
import io.github.quant4j.ptq.real.FashionImages;
import io.github.quant4j.tensorrt.Engine;
import io.github.quant4j.tensorrt.EngineBuildException;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.ExecutionSession;
import io.github.quant4j.tensorrt.Precision;
import io.github.quant4j.tensorrt.ShapeProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Q14: a ResNet-18 as PyTorch exports what it quantized in eager mode. Needs a GPU, the folder with
 * {@code resnet18_eager_int8.onnx} in the system property {@code quant4j.models}, and the one with
 * the test images of Fashion-MNIST in {@code quant4j.fashionMnist}; is skipped without them.
 */
@Tag("gpu")
class SeedStoryGpuTest {

  private static final int BATCH = 128;
  private static final int CLASSES = 10;

  /** What PyTorch's own quantized model has. */
  private static final double TOP_ONE = 0.9506;

  private static final ShapeProfile PROFILE =
      ShapeProfile.parse(List.of("input:1x1x32x32,128x1x32x32,128x1x32x32"));

  @Test
  void export_asItIs_isRefusedForItsInt32Biases() throws IOException {
    EngineBuilder builder = profiled(DeviceRun.builder(export(), Precision.INT8));

    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(builder::build)
        .satisfies(refusal -> System.out.println("Q14 raw | refused: " + refusal.getMessage()))
        .withMessageContaining("DequantizeLinear");
  }

  @Test
  void export_repaired_isFusedRightAndFasterThanFloat() throws IOException {
    Path images = folder("quant4j.fashionMnist");
    List<TensorBatch> calibration = FashionImages.images("calibration", BATCH).subList(0, 2);
    OnnxModel repaired;
    try (CalibrationSource samples = CalibrationSource.of(calibration)) {
      repaired = ModelRepair.of(export()).run(samples).model();
    }
    OnnxModel floatTwin = repaired.copy();
    new StripQuantizeDequantize().run(floatTwin);
    EngineBuilder int8 = profiled(DeviceRun.builder(repaired, Precision.INT8));
    TensorBatch batch = calibration.get(0);
    try (DeviceRun run = new DeviceRun("Q14 ResNet-18, batch " + BATCH, batch)) {
      TensorBatch first = batch.slice(0, 16);
      run.add(
          "FP16",
          profiled(DeviceRun.builder(floatTwin, Precision.FP16)),
          Reference.output(floatTwin, first));
      run.add("repaired", int8, Reference.output(repaired, first));
      Map<String, Measured> measured = run.measure();

      assertThat(measured).hasSize(2);
      Measured fast = requireNonNull(measured.get("repaired")).isRight().isFused();
      assertThat(1 / fast.ratio()).as("times as fast as FP16").isGreaterThanOrEqualTo(1.4);
      try (Engine engine = fast.plan().load()) {
        double topOne = topOne(engine, images);
        System.out.println("Q14 repaired | top-1 " + topOne);
        assertThat(topOne).isCloseTo(TOP_ONE, within(0.002));
      }
    }
  }

  private static double topOne(Engine engine, Path images) throws IOException {
    long[] labels = FashionImages.labels(images, "t10k");
    int correct = 0;
    int image = 0;
    try (ExecutionSession session = engine.newSession()) {
      for (TensorBatch batch : FashionImages.images(images, "t10k", BATCH)) {
        Map<String, Tensor> inputs = Map.of("input", batch.tensor("input").orElseThrow());
        float[] scores = Reference.floats(session.run(inputs).values().iterator().next());
        for (int first = 0; first < scores.length; first += CLASSES, image++) {
          correct += best(scores, first) == labels[image] ? 1 : 0;
        }
      }
    }
    return (double) correct / labels.length;
  }

  private static int best(float[] scores, int first) {
    int best = 0;
    for (int label = 1; label < CLASSES; label++) {
      best = scores[first + label] > scores[first + best] ? label : best;
    }
    return best;
  }

  private static OnnxModel export() throws IOException {
    return OnnxModel.read(folder("quant4j.models").resolve("resnet18_eager_int8.onnx"));
  }

  private static Path folder(String property) {
    String value = System.getProperty(property);
    assumeThat(value).as("system property %s", property).isNotNull();
    return Path.of(requireNonNull(value));
  }

  private static EngineBuilder profiled(EngineBuilder builder) {
    return builder.profile(PROFILE);
  }
}
