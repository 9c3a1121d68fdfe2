/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.calibration.source.NumpySource;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of README.md, docs/repair.md and of the package documentation, run. */
class UserGuideTest {

  @Test
  void readme_libraryExample_quantizesAndVerifies(@TempDir Path folder) throws IOException {
    TestSamples.model("resnet20_fp32").write(folder.resolve("model.onnx"));
    TestSamples.writeNpz(folder.resolve("samples.npz"), 16);
    TestSamples.writeNpz(folder.resolve("held_out.npz"), 8);

    OnnxModel floatModel = OnnxModel.read(folder.resolve("model.onnx"));

    QuantizedModel int8;
    try (CalibrationSource samples = NumpySource.builder(folder.resolve("samples.npz")).open()) {
      int8 = PostTrainingQuantization.of(floatModel).run(samples);
    }
    int8.write(folder.resolve("model_int8.onnx"));

    VerificationReport report;
    try (CalibrationSource samples = NumpySource.builder(folder.resolve("held_out.npz")).open()) {
      report = Verification.of(floatModel, int8.model()).run(samples);
    }

    assertThat(int8.plan().decisions()).isNotEmpty();
    assertThat(report.worstOutputSqnr()).isGreaterThan(15);
    assertThat(OnnxModel.read(folder.resolve("model_int8.onnx")).toByteArray())
        .isEqualTo(int8.model().toByteArray());
  }

  @Test
  void repairGuide_libraryExample_repairsAndReports(@TempDir Path folder) throws IOException {
    OnnxModel sound = BrokenExport.quantized(TinyNetwork.harmless().build());
    BrokenExport.asEagerExport(sound).write(folder.resolve("exported.onnx"));

    RepairResult result = ModelRepair.of(OnnxModel.read(folder.resolve("exported.onnx"))).run();
    result.write(folder.resolve("repaired.onnx"));

    assertThat(result.report().toString()).contains("R03 error at node");
    assertThat(OnnxModel.read(folder.resolve("repaired.onnx")).toByteArray())
        .isEqualTo(result.model().toByteArray());
  }
}
