/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.calibration.source.NumpySource;
import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.qparams.QuantizationSpec;
import io.github.quant4j.core.range.EntropySelector;
import io.github.quant4j.core.range.MinMaxSelector;
import io.github.quant4j.core.range.MseSelector;
import io.github.quant4j.core.range.NoiseEstimate;
import io.github.quant4j.core.range.PercentileSelector;
import io.github.quant4j.core.range.QuantizationNoise;
import io.github.quant4j.core.range.RangeSelector;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.CalibrationTableJson;
import io.github.quant4j.core.table.Conversion;
import io.github.quant4j.core.table.OnnxRuntimeCalibrationTable;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.table.TensorRtCalibrationCache;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.qdq.ExposeObservationPoints;
import io.github.quant4j.onnx.qdq.InsertQuantizeDequantize;
import io.github.quant4j.onnx.qdq.QdqPlanner;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import io.github.quant4j.onnx.qdq.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/calibration.md that makes and uses tables; and that all of it is run. */
class CalibrationGuideTest {
  private static final List<Class<?>> GUIDE_TESTS =
      List.of(
          CalibrationGuideTest.class,
          CalibrationGuideSamplesTest.class,
          CalibrationGuideRunsTest.class);

  private Path folder;
  private OnnxModel floatModel;

  @BeforeEach
  void fill(@TempDir Path given) throws IOException {
    folder = given;
    floatModel = GuideFolder.in(given).floatModel();
  }

  private static CalibrationTable table(OnnxModel model) throws IOException {
    try (CalibrationSource samples = GuideFolder.samples()) {
      return PostTrainingQuantization.of(model).calibrate(samples);
    }
  }

  @Test
  void page_everyBlock_isRunByATestThatAssertsWhatComesOfIt() throws IOException {
    GuidePage page = GuidePage.read("calibration.md");
    List<String> run = new ArrayList<>();
    for (Class<?> tests : GUIDE_TESTS) {
      for (String test : GuidePage.tests(tests)) {
        List<String> snippets = GuidePage.snippets(test);
        if (!snippets.isEmpty()) {
          assertThat(snippets).as("snippets of a test").hasSize(1);
          assertThat(GuidePage.afterwards(test)).contains("assertThat");
        }
        run.addAll(snippets);
      }
    }

    assertThat(page.blocks("java")).isNotEmpty().containsExactlyInAnyOrderElementsOf(run);
    assertThat(page.languages()).containsOnly("java", "sh", "text");
  }

  @Test
  void oneCall_quantizes() throws IOException {
    // begin guide
    OnnxModel floatModel = OnnxModel.read(folder.resolve("model.onnx"));
    QuantizedModel int8;
    try (CalibrationSource samples = NumpySource.builder(folder.resolve("samples.npz")).open()) {
      int8 = PostTrainingQuantization.of(floatModel).run(samples);
    }
    int8.write(folder.resolve("model_int8.onnx"));
    // end guide

    assertThat(int8.table().sampleCount()).isEqualTo(GuideFolder.SAMPLE_COUNT);
    assertThat(OnnxModel.read(folder.resolve("model_int8.onnx")).firstQuantizedNode()).isPresent();
  }

  @Test
  void calibrate_writesATable() throws IOException {
    // begin guide
    CalibrationTable table;
    try (CalibrationSource samples = NumpySource.builder(folder.resolve("samples.npz")).open()) {
      table = PostTrainingQuantization.of(floatModel).calibrate(samples);
    }
    CalibrationTableJson.write(table, folder.resolve("table.json"));
    // end guide

    assertThat(table.tensors()).hasSize(21);
    assertThat(table.tensorsWithoutHistogram()).isEmpty();
    assertThat(table.provenance().modelDigest()).hasValue(floatModel.digest());
    assertThat(CalibrationTableJson.read(folder.resolve("table.json"))).isEqualTo(table);
  }

  @Test
  void quantize_withATable_measuresWhereThereAreSamples() throws IOException {
    CalibrationTableJson.write(table(floatModel), folder.resolve("table.json"));
    // begin guide
    CalibrationTable table = CalibrationTableJson.read(folder.resolve("table.json"));
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(floatModel)
            .table(table)
            .ranges("entropy", EntropySelector.create());
    QuantizedModel unmeasured = quantization.run();
    QuantizedModel measured;
    try (CalibrationSource samples = NumpySource.builder(folder.resolve("samples.npz")).open()) {
      measured = quantization.run(samples);
    }
    // end guide

    assertThat(measured.table())
        .isEqualTo(unmeasured.table())
        .isEqualTo(table.withRanges("entropy", EntropySelector.create()));
    assertThat(unmeasured.model().firstQuantizedNode()).isPresent();
  }

  @Test
  void parts_doWhatTheCallDoes() throws IOException {
    // begin guide
    OnnxModel normalised = floatModel.copy();
    PassPipeline.normalization().run(normalised);
    QuantizationPlan plan = QdqPlanner.create().plan(normalised);
    SortedSet<String> points = plan.observationPoints();

    OnnxModel observed = normalised.copy();
    ExposeObservationPoints.of(points).run(observed);

    Calibrator.Builder builder =
        Calibrator.builder(observed.toByteArray(), points).histograms(true);
    CalibrationTable table;
    try (Calibrator calibrator = builder.build();
        CalibrationSource samples = NumpySource.builder(folder.resolve("samples.npz")).open()) {
      table = calibrator.run(samples);
    }

    CalibrationTable chosen = table.withRanges("percentile", PercentileSelector.symmetric(99.99));
    InsertQuantizeDequantize.of(plan.settled(chosen), chosen, Target.TENSORRT).run(normalised);
    normalised.write(folder.resolve("model_int8.onnx"));
    // end guide

    QuantizedModel inOne = PostTrainingQuantization.of(floatModel).table(chosen).run();
    assertThat(OnnxModel.read(folder.resolve("model_int8.onnx")).toByteArray())
        .isEqualTo(inOne.model().toByteArray());
  }

  @Test
  void methods_fromOneTable_areCompared() throws IOException {
    CalibrationTable table = table(floatModel);
    // begin guide
    Map<String, RangeSelector> methods =
        Map.of(
            "minmax", MinMaxSelector.create(),
            "percentile 99.99", PercentileSelector.symmetric(99.99),
            "entropy", EntropySelector.create(),
            "mse", MseSelector.of(QuantizationSpec.INT8_ACTIVATION));
    Map<String, Double> decibels = new TreeMap<>();
    for (Map.Entry<String, RangeSelector> method : methods.entrySet()) {
      CalibrationTable chosen = table.withRanges(method.getKey(), method.getValue());
      QuantizedModel int8 = PostTrainingQuantization.of(floatModel).table(chosen).run();
      try (CalibrationSource heldOut = NumpySource.builder(folder.resolve("held_out.npz")).open()) {
        VerificationReport report = Verification.of(floatModel, int8.model()).run(heldOut);
        decibels.put(method.getKey(), report.worstOutputSqnr());
      }
    }
    // end guide

    assertThat(decibels).hasSize(4).allSatisfy((method, sqnr) -> assertThat(sqnr).isPositive());
    assertThat(decibels.values()).doesNotHaveDuplicates();
  }

  @Test
  void noise_isToldWithoutRunningAModel() throws IOException {
    CalibrationTable table = table(floatModel);
    // begin guide
    TensorCalibration input = table.calibration("input").orElseThrow();
    HistogramSnapshot histogram = input.histogram().orElseThrow();
    QuantizationNoise noise =
        NoiseEstimate.of(histogram, input.range(), QuantizationSpec.INT8_ACTIVATION);
    double clipped = noise.clippingPower() / noise.meanSquaredError();
    // end guide

    assertThat(clipped).isZero();
    assertThat(noise.sqnrDecibels()).isBetween(30.0, 45.0);
  }

  @Test
  void table_goesToOtherToolsAndBack() throws IOException {
    CalibrationTable table = table(floatModel);
    // begin guide
    Conversion<TensorRtCalibrationCache> cache =
        TensorRtCalibrationCache.from(table, "TRT-8603-EntropyCalibration2");
    cache.result().write(folder.resolve("calibration.cache"));
    cache.losses().forEach(System.out::println);

    OnnxRuntimeCalibrationTable.writeJson(table, folder.resolve("calibration.json"));

    CalibrationTable theirs =
        TensorRtCalibrationCache.read(folder.resolve("calibration.cache")).toTable().result();
    // end guide

    assertThat(theirs.tensors()).isEqualTo(table.tensors());
    assertThat(cache.losses()).anySatisfy(line -> assertThat(line).contains("histogram left out"));
    assertThat(OnnxRuntimeCalibrationTable.readJson(folder.resolve("calibration.json")).result())
        .satisfies(read -> assertThat(read.range("input")).isEqualTo(table.range("input")));
  }
}
