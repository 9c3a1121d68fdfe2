/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.DevicePlacement;
import io.github.quant4j.ptq.PlacedModel;
import io.github.quant4j.tensorrt.EngineTimer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Needs a GPU, its driver and TensorRT. */
@Tag("gpu")
class DevicePlacementGpuTest {
  @Test
  void run_convolutionalNetwork_staysAsPlannedAfterOneTrial(TestReporter reporter)
      throws IOException {
    OnnxModel model = OnnxModel.read(Path.of("..", "data", "models", "resnet20_fp32.onnx"));
    EngineTimer quick =
        EngineTimer.create().warmUp(Duration.ofMillis(50)).duration(Duration.ofMillis(500));
    PlacedModel placed =
        DevicePlacement.of(model)
            .timer(quick)
            .run(CalibrationSource.of(FashionImages.images("calibration", 128)));
    reporter.publishEntry("trials", placed.trials().toString());

    assertThat(placed.trials()).singleElement().matches(trial -> trial.ratio() < 1 / 1.02);
    assertThat(placed.model().firstQuantizedNode()).isPresent();
    assertThat(placed.reasons()).isEmpty();
  }
}
