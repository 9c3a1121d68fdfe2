/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.range.EntropySelector;
import io.github.quant4j.core.range.MinMaxSelector;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.CalibrationTableJson;
import io.github.quant4j.core.table.TensorRtCalibrationCache;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.NodeDecision;
import io.github.quant4j.onnx.qdq.NodeSelector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that are calibrated first and quantized with later, once or by another tool. */
class GivenTableTest {
  private static final PostTrainingQuantization HARMLESS =
      PostTrainingQuantization.of(TinyNetwork.harmless().build()).threadCount(1);

  private static CalibrationTable calibrate(PostTrainingQuantization quantization)
      throws IOException {
    try (CalibrationSource samples = TinyNetwork.samples(40, 8)) {
      return quantization.calibrate(samples);
    }
  }

  private static QuantizedModel run(PostTrainingQuantization quantization) throws IOException {
    try (CalibrationSource samples = TinyNetwork.samples(40, 8)) {
      return quantization.run(samples);
    }
  }

  private static byte[] bytes(QuantizedModel model) {
    return model.model().toByteArray();
  }

  private static CalibrationTable throughJson(CalibrationTable table) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CalibrationTableJson.write(table, out);
    return CalibrationTableJson.read(new ByteArrayInputStream(out.toByteArray()));
  }

  private static CalibrationTable only(CalibrationTable table, Predicate<String> isKept) {
    CalibrationTable.Builder some = CalibrationTable.builder().provenance(table.provenance());
    table.tensors().stream()
        .filter(isKept)
        .forEach(tensor -> some.put(tensor, table.calibration(tensor).orElseThrow()));
    return some.build();
  }

  static Stream<UnaryOperator<PostTrainingQuantization>> options() {
    return Stream.of(
        plain -> plain,
        plain -> plain.accuracyTarget(0),
        plain -> plain.ranges("entropy", EntropySelector.create()),
        plain -> plain.buildMode(BuildMode.STRONGLY_TYPED));
  }

  @ParameterizedTest
  @MethodSource("options")
  void table_calibratedBefore_givesTheBytesOfOneRun(UnaryOperator<PostTrainingQuantization> option)
      throws IOException {
    PostTrainingQuantization quantization =
        option.apply(PostTrainingQuantization.of(TinyNetwork.withRuin(-1).build()).threadCount(1));

    CalibrationTable table = throughJson(calibrate(quantization));

    assertThat(bytes(run(quantization.table(table)))).isEqualTo(bytes(run(quantization)));
  }

  @Test
  void table_ofResNet_givesTheBytesOfOneRun() throws IOException {
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(TestSamples.model("resnet20_fp32")).threadCount(1);
    byte[] inOne;
    try (CalibrationSource samples = TestSamples.images(16, 8)) {
      inOne = bytes(quantization.run(samples));
    }
    try (CalibrationSource samples = TestSamples.images(16, 8);
        CalibrationSource again = TestSamples.images(16, 8)) {
      CalibrationTable table = throughJson(quantization.calibrate(samples));
      assertThat(bytes(quantization.table(table).run(again))).isEqualTo(inOne);
    }
  }

  @Test
  void run_withoutSamples_measuresNothing() throws IOException {
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(TinyNetwork.withRuin(-1).build()).threadCount(1);
    PostTrainingQuantization given = quantization.table(calibrate(quantization));

    assertThat(bytes(given.run())).isEqualTo(bytes(run(quantization.accuracyTarget(0))));
    assertThat(bytes(given.run())).isNotEqualTo(bytes(run(quantization)));
  }

  @Test
  void calibrate_model_statesWhereTheTableComesFrom() throws IOException {
    OnnxModel model = TinyNetwork.harmless().build();

    CalibrationTable table = calibrate(PostTrainingQuantization.of(model));

    assertThat(table.provenance().modelDigest()).contains(model.digest());
    assertThat(table.provenance().method()).contains("minmax");
    assertThat(table.provenance().libraryVersion().orElseThrow()).matches("Quant4J \\d+\\..*");
    assertThat(table.provenance().runtimeVersion().orElseThrow()).matches("ONNX Runtime \\d+\\..*");
    assertThat(table.sampleCount()).isEqualTo(40);
    assertThat(table.tensors())
        .containsExactly("body1.relu", "body2.relu", "body3.relu", "x")
        .allMatch(tensor -> table.calibration(tensor).orElseThrow().histogram().isPresent());
    assertThat(run(HARMLESS).table().provenance()).isEqualTo(table.provenance());
  }

  @Test
  void calibrate_nothingToQuantize_readsNoSample() throws IOException {
    PostTrainingQuantization nothing = HARMLESS.exclude(NodeSelector.none().withName(".*"));
    try (CalibrationSource none = CalibrationSource.of(List.of())) {
      assertThat(nothing.calibrate(none).tensors()).isEmpty();
    }
  }

  @Test
  void ranges_onATableWithHistograms_areChosenFromThem() throws IOException {
    PostTrainingQuantization entropy = HARMLESS.ranges("entropy", EntropySelector.create());
    CalibrationTable extremes = calibrate(HARMLESS);

    QuantizedModel chosen = entropy.table(extremes).run();

    assertThat(chosen.table()).isEqualTo(calibrate(entropy));
    assertThat(bytes(chosen)).isNotEqualTo(bytes(HARMLESS.table(extremes).run()));
    assertThat(bytes(HARMLESS.table(chosen.table()).run())).isEqualTo(bytes(chosen));
    assertThat(bytes(HARMLESS.ranges("m", MinMaxSelector.create()).table(chosen.table()).run()))
        .isEqualTo(bytes(HARMLESS.table(extremes).run()));
  }

  @Test
  void ranges_onATableWithoutHistograms_areRefused() throws IOException {
    PostTrainingQuantization given =
        HARMLESS
            .ranges("entropy", EntropySelector.create())
            .table(run(HARMLESS.accuracyTarget(0)).table());

    assertThatThrownBy(given::run)
        .isInstanceOf(CalibrationException.class)
        .hasMessageStartingWith("ranges cannot be chosen by entropy:")
        .hasMessageContainingAll("no histogram of 4 of 4 tensors", "\"body1.relu\"");
  }

  @Test
  void table_ofAnotherModel_isRefusedWithBothDigests() throws IOException {
    OnnxModel other = TinyNetwork.withRuin(-1).build();
    CalibrationTable table = calibrate(HARMLESS);
    PostTrainingQuantization given = PostTrainingQuantization.of(other).table(table);

    assertThatThrownBy(given::run)
        .isInstanceOf(CalibrationException.class)
        .hasMessageContainingAll(
            "another model",
            table.provenance().modelDigest().orElseThrow(),
            other.digest(),
            "calibrate this model");
    assertThatThrownBy(() -> run(given)).hasMessageContaining("another model");
  }

  @Test
  void table_thatLacksATensor_leavesWhatNeedsItFloatWithTheReason() throws IOException {
    CalibrationTable table = only(calibrate(HARMLESS), tensor -> !tensor.equals("body2.relu"));

    QuantizedModel int8 = HARMLESS.table(table).run();

    assertThat(int8.plan().decisions())
        .filteredOn(decision -> decision.opType().equals("Conv") && !decision.isQuantized())
        .singleElement()
        .hasToString(
            "Conv \"body3\" float (the calibration table has no range of tensor \"body2.relu\")");
    assertThat(int8.plan().notes())
        .contains(
            "calibration: the table has no range of 1 tensors, first \"body2.relu\"; 1 operators"
                + " that need them stay float");
    assertThat(run(HARMLESS.table(table)).plan().decision("body3").map(NodeDecision::isQuantized))
        .contains(false);
  }

  @Test
  void table_withNoTensorOfTheModel_isRefused() throws IOException {
    CalibrationTable none = only(calibrate(HARMLESS), tensor -> false);

    assertThatThrownBy(HARMLESS.table(none)::run)
        .isInstanceOf(OnnxException.class)
        .hasMessageContainingAll("0 tensors", "none of the 4", "\"body1.relu\"", "calibrate it");
  }

  @Test
  void run_withoutTableAndSamples_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(HARMLESS::run)
        .withMessageContaining("give a table");
  }

  /** The road from a calibration cache to a model with scales of its own. */
  @Test
  void table_ofTensorRtCache_givesItsScales() throws IOException {
    TensorRtCalibrationCache cache =
        TensorRtCalibrationCache.from(calibrate(HARMLESS), "TRT-8603-EntropyCalibration2").result();
    OnnxModel int8 = HARMLESS.table(cache.toTable().result()).run().model();

    List<String> paired = new ArrayList<>();
    for (Node node : int8.graph().nodes()) {
      if (node.is("QuantizeLinear")) {
        String tensor = node.requiredInput(0).name();
        paired.add(tensor);
        assertThat(node.requiredInput(1).constant().orElseThrow().floats().get(0))
            .as(tensor)
            .isEqualTo(cache.scale(tensor).orElseThrow());
        assertThat(node.requiredInput(2).constant().orElseThrow().bytes().get(0)).isZero();
      }
    }
    assertThat(paired).containsExactlyInAnyOrderElementsOf(cache.tensors());
  }

  @Test
  void run_withTable_readsNoMoreSamplesThanItMeasuresOn() throws IOException {
    PostTrainingQuantization given = HARMLESS.table(calibrate(HARMLESS));
    CountingSource measured = new CountingSource(TinyNetwork.samples(400, 8));
    CountingSource unmeasured = new CountingSource(TinyNetwork.samples(400, 8));

    given.run(measured);
    given.accuracyTarget(0).run(unmeasured);

    assertThat(measured.batchCount).isBetween(5, 33); // 32 are kept by sample 259
    assertThat(unmeasured.batchCount).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void run_withTableAndSampleThatIsNotFinite_isRefused(float value) throws IOException {
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(TestSamples.model("mobilenet_fp32")).threadCount(1);
    float[] pixels = TestSamples.pixels(4);
    CalibrationTable table;
    try (CalibrationSource samples = TestSamples.source("input", pixels, 4, 2)) {
      table = quantization.calibrate(samples);
    }
    pixels[3 * 1024 + 7] = value;
    try (CalibrationSource samples = TestSamples.source("input", pixels, 4, 2)) {
      assertThatThrownBy(() -> quantization.table(table).run(samples))
          .isInstanceOf(CalibrationException.class)
          .hasMessageContainingAll("'input'", "NaN or infinite");
    }
  }

  @Test
  void run_withTableAndSamplesThatDoNotFit_isRefused() throws IOException {
    PostTrainingQuantization given = HARMLESS.table(calibrate(HARMLESS));
    try (CalibrationSource none = CalibrationSource.of(List.of());
        CalibrationSource others = TinyNetwork.ids(4, 4)) {
      assertThatThrownBy(() -> given.run(none))
          .isInstanceOf(CalibrationException.class)
          .hasMessageContaining("no sample");
      assertThatThrownBy(() -> given.run(others))
          .isInstanceOf(CalibrationException.class)
          .hasMessageContainingAll("ids", "x");
    }
  }

  @Test
  void calibration_hook_hasTheLastWord() throws IOException {
    List<String> told = new ArrayList<>();
    PostTrainingQuantization hooked =
        HARMLESS
            .listener(progress -> told.add("listener"))
            .calibration(builder -> builder.listener(progress -> told.add("hook")));

    calibrate(hooked);

    assertThat(told).containsExactly("hook", "hook", "hook", "hook", "hook");
  }

  /** Counts the batches that are asked for. */
  private static final class CountingSource implements CalibrationSource {
    private final CalibrationSource source;
    private int batchCount;

    CountingSource(CalibrationSource source) {
      this.source = source;
    }

    @Override
    public Optional<TensorBatch> next() throws IOException {
      batchCount++;
      return source.next();
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
    public void close() throws IOException {
      source.close();
    }
  }
}
