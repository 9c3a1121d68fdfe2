/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on a GPU. Needs one, its driver and TensorRT. */
@Tag("gpu")
class EngineFaultsGpuTest {

  @Test
  void build_operatorThatTensorRtDoesNotKnow_isNamed() throws IOException {
    byte[] onnx = Files.readAllBytes(FashionMnist.RESNET);
    String text = new String(onnx, StandardCharsets.ISO_8859_1).replace("Relu", "Rely");
    EngineBuilder builder =
        EngineBuilder.of(text.getBytes(StandardCharsets.ISO_8859_1)).profile(FashionMnist.PROFILE);

    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(builder::build)
        .withMessageContaining("Rely")
        .satisfies(refusal -> assertThat(refusal.parserErrors()).isNotEmpty());
  }

  @Test
  void build_calibratorWithoutSamples_isRefusedAndWritesNoCache(@TempDir Path folder) {
    EngineBuilder builder =
        FashionMnist.quickBuilder()
            .precision(Precision.INT8)
            .calibrator(
                DatasetMinMaxCalibrator.of(
                    CalibrationSource.of(List.of()), folder.resolve("a.cache")));

    assertThatExceptionOfType(EngineCalibrationException.class).isThrownBy(builder::build);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void newSession_noMemoryLeft_throwsAndGoesOnWhenThereIs() throws IOException {
    Map<String, Tensor> pictures = FashionMnist.pictures(0, 100);
    try (Engine engine = FashionMnist.quickBuilder().build().load()) {
      List<DeviceMemory> taken = takeAll();
      try {
        assertThatThrownBy(() -> run(engine, pictures))
            .isInstanceOf(TensorRtException.class)
            .message()
            .containsIgnoringCase("memory");
      } finally {
        taken.forEach(DeviceMemory::close);
      }
      assertThat(run(engine, pictures)).hasSize(1);
    }
  }

  private static Map<String, Tensor> run(Engine engine, Map<String, Tensor> inputs) {
    try (ExecutionSession session = engine.newSession()) {
      return session.run(inputs);
    }
  }

  /** Takes the memory of the GPU but for less than a MiB. */
  private static List<DeviceMemory> takeAll() {
    List<DeviceMemory> taken = new ArrayList<>();
    for (long size = 1L << 38; size >= 1 << 20; ) {
      try {
        taken.add(DeviceMemory.allocate(size));
      } catch (CudaException e) {
        size /= 2;
      }
    }
    return taken;
  }
}
