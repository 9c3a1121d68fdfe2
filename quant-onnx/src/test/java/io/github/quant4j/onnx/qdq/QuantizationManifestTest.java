/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.Provenance;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizationManifestTest {
  private static final CalibrationTable TABLE =
      CalibrationTable.builder().put("x", new TensorStatistics(-1, 1, 4, 0)).build();

  private static OnnxModel model() {
    ModelBuilder builder = ModelBuilder.create().opset(19).irVersion(9);
    String conv = builder.conv("c", builder.input("x", "n", 16, 8, 8), 16, 16, 3);
    return builder.output(conv).build();
  }

  private static QuantizationManifest manifest(BuildMode mode) {
    OnnxModel model = model();
    QuantizationPlan plan = Plans.planner().plan(model);
    InsertQuantizeDequantize.of(plan, TABLE, Target.TENSORRT).withBuildMode(mode).run(model);
    return QuantizationManifest.of(OnnxModel.of(model.toByteArray())).orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(BuildMode.class)
  void of_quantizedModel_saysHowItWasMade(BuildMode mode) {
    QuantizationManifest manifest = manifest(mode);

    assertThat(manifest.mode()).isEqualTo(mode);
    assertThat(manifest.tool()).contains("Quant4J");
    assertThat(manifest.rules()).contains("1");
    assertThat(manifest.target()).contains(Target.TENSORRT);
    assertThat(manifest.biasForm()).contains(BiasForm.FLOAT);
    assertThat(BuildMode.ofCode(mode.code())).contains(mode);
  }

  @Test
  void calibration_table_isTheDigestOfItsRangesAsJson() {
    QuantizationManifest manifest = manifest(BuildMode.WEAKLY_TYPED);
    CalibrationTable other =
        CalibrationTable.builder().put("x", new TensorStatistics(-1, 2, 4, 0)).build();

    // sha256sum of the JSON form of the range [-1, 1] of "x", typed by hand
    assertThat(manifest.calibration())
        .contains("e9ad2002700d46cdb00590191341a52b7640adbe12cab61eb97d49cace388a32");
    assertThat(manifest.isCalibratedBy(TABLE)).isTrue();
    assertThat(manifest.isCalibratedBy(other)).isFalse();
    CalibrationTable ranges =
        CalibrationTable.builder()
            .put("x", TensorCalibration.of(new ValueRange(-1, 1)))
            .provenance(Provenance.builder().method("by hand").build())
            .build();
    assertThat(manifest.isCalibratedBy(ranges)).isTrue();
  }

  @Test
  void of_floatModel_isEmpty() {
    assertThat(QuantizationManifest.of(model())).isEmpty();
  }

  @Test
  void of_modelThatOnlyStatesItsMode_leavesTheRestEmpty() {
    OnnxModel model = model();
    model.putMetadata("quant.mode", "W");
    model.putMetadata("quant.target", "abacus");
    QuantizationManifest manifest = QuantizationManifest.of(model).orElseThrow();

    assertThat(manifest.mode()).isEqualTo(BuildMode.WEAKLY_TYPED);
    assertThat(manifest.tool()).isEmpty();
    assertThat(manifest.calibration()).isEmpty();
    assertThat(manifest.isCalibratedBy(TABLE)).isFalse();
    assertThat(manifest.target()).isEmpty();
    assertThat(manifest.biasForm()).isEmpty();
    assertThat(manifest).hasToString("{quant.mode=W, quant.target=abacus}");
  }

  @Test
  void of_unknownMode_isRefused() {
    OnnxModel model = model();
    model.putMetadata("quant.mode", "Z");

    assertThatThrownBy(() -> QuantizationManifest.of(model))
        .isInstanceOf(OnnxException.class)
        .hasMessage("metadata \"quant.mode\" of the model is \"Z\", expected \"W\" or \"S\"");
  }
}
