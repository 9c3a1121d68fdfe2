/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.range.EntropySelector;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import io.github.quant4j.onnx.qdq.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bench of these tests computes times from the operators that are INT8. */
class PlacementSearchTest {
  private static final int SAMPLE_COUNT = 8;

  private final List<OnnxModel> timed = new ArrayList<>();

  /** Two convolutions in a row, a Softmax, and two of another shape apart by a Softmax. */
  private static OnnxModel model() {
    TinyNetwork network = TinyNetwork.of(-1);
    String row = network.conv("row2", network.conv("row1", "x", 3), 3);
    String one = network.conv("one", network.add("Softmax", "s1", List.of(row)), 1);
    String two = network.conv("two", network.add("Softmax", "s2", List.of(one)), 1);
    return network.output(network.add("Softmax", "y", List.of(two))).build();
  }

  private PlacedModel search(OnnxModel model, ToDoubleFunction<OnnxModel> ratio)
      throws IOException {
    PlacementBench bench =
        models -> {
          timed.addAll(models);
          return models.stream().map(ratio::applyAsDouble).toList();
        };
    return search(model, PostTrainingQuantization.of(model), bench);
  }

  private static PlacedModel search(
      OnnxModel model, PostTrainingQuantization quantization, PlacementBench bench)
      throws IOException {
    try (CalibrationSource samples = TinyNetwork.samples(SAMPLE_COUNT, 4)) {
      return new PlacementSearch(model, quantization, bench).run(samples);
    }
  }

  private static boolean isInt8(OnnxModel model, String node) {
    return model.graph().nodes().stream()
        .filter(candidate -> candidate.name().equals(node))
        .flatMap(found -> found.requiredInput(0).producer().stream())
        .anyMatch(producer -> producer.is("DequantizeLinear"));
  }

  /** Every INT8 operator takes some of the time off or adds to it. */
  private static double time(OnnxModel model, double row, double single) {
    double ratio = 1;
    ratio += isInt8(model, "row1") ? row : 0;
    ratio += isInt8(model, "one") ? single : 0;
    ratio += isInt8(model, "two") ? single : 0;
    return ratio;
  }

  @Test
  void run_fasterAsPlanned_staysAsPlannedAfterOneTrial() throws IOException {
    PlacedModel placed = search(model(), model -> time(model, -0.2, 0.01));

    assertThat(placed.trials()).hasToString("[INT8 as planned: 0.820 of the FP16 time]");
    assertThat(placed.reasons()).isEmpty();
    assertThat(placed.model()).isSameAs(timed.get(0));
    assertThat(isInt8(placed.model(), "two")).isTrue();
  }

  @Test
  void run_someRegionsGain_leavesTheOthersFloatWithTheTimeAsReason() throws IOException {
    PlacedModel placed = search(model(), model -> time(model, -0.1, 0.06));

    assertThat(isInt8(placed.model(), "row1")).isTrue();
    assertThat(isInt8(placed.model(), "one")).isFalse();
    assertThat(placed.reasons()).containsOnlyKeys("one", "two");
    QuantizationPlan plan = placed.quantized().orElseThrow().plan();
    assertThat(plan.decision("one").orElseThrow())
        .hasToString(
            "Conv \"one\" float (P53: in INT8 it alone takes the engine to 1.120 of the FP16 time)");
  }

  @Test
  void run_regionsOfOneShape_areTimedTogether() throws IOException {
    PlacedModel placed = search(model(), model -> time(model, -0.1, 0.06));

    assertThat(placed.trials())
        .extracting(PlacementTrial::placement)
        .containsExactly(
            "INT8 as planned",
            "INT8 in 2 operators in a row: Conv [16, 16, 3, 3] alone",
            "INT8 in Conv [16, 16, 1, 1] alone",
            "INT8 where it gains alone");
  }

  @Test
  void run_nothingGains_leavesAllFloat() throws IOException {
    OnnxModel model = model();

    PlacedModel placed = search(model, candidate -> time(candidate, 0.05, 0.05));

    assertThat(placed.quantized()).isEmpty();
    assertThat(placed.model()).isSameAs(model);
    assertThat(placed.trials()).hasSize(3);
  }

  @Test
  void run_smallGainOfThePlan_isTakenWhereNothingGainsMore() throws IOException {
    PlacedModel placed = search(model(), model -> time(model, -0.005, -0.005));

    assertThat(placed.trials().get(0)).hasToString("INT8 as planned: 0.985 of the FP16 time");
    assertThat(placed.model()).isSameAs(timed.get(0));
    assertThat(placed.reasons()).isEmpty();
  }

  @Test
  void run_smallGainOfThePlan_givesWayToAGreaterOneOfAPart() throws IOException {
    PlacedModel placed = search(model(), model -> time(model, -0.03, 0.01));

    assertThat(placed.trials().get(0)).hasToString("INT8 as planned: 0.990 of the FP16 time");
    assertThat(placed.reasons()).containsOnlyKeys("one", "two");
  }

  @Test
  void run_planThatCannotBeBuilt_keepsTheRegionsThatCan() throws IOException {
    PlacedModel placed =
        search(
            model(),
            model -> isInt8(model, "one") ? Double.POSITIVE_INFINITY : time(model, -0.1, 0));

    assertThat(placed.trials().get(0)).hasToString("INT8 as planned: could not be built or run");
    assertThat(placed.reasons()).containsEntry("two", "TensorRT cannot build or run it in INT8");
    assertThat(isInt8(placed.model(), "row2")).isTrue();
  }

  @Test
  void run_oneRegionThatLoses_isFloatAfterOneTrial() throws IOException {
    TinyNetwork network = TinyNetwork.of(-1);
    OnnxModel model = network.output(network.conv("only", "x", 3)).build();

    PlacedModel placed = search(model, candidate -> 1.01);

    assertThat(placed.quantized()).isEmpty();
    assertThat(placed.trials()).hasSize(1);
  }

  @Test
  void run_operatorsLeftFloatForTheirNoise_areFloatInEveryTrial() throws IOException {
    TinyNetwork network = TinyNetwork.withRuin(-1);
    String apart = network.conv("apart", network.add("Softmax", "s", List.of("y.relu")), 1);
    OnnxModel model = network.output(apart).build();

    PlacedModel placed = search(model, candidate -> isInt8(candidate, "body1") ? 0.99 : 1.01);

    assertThat(placed.trials()).hasSizeGreaterThan(2);
    assertThat(timed).noneMatch(candidate -> isInt8(candidate, "ruin"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void run_optionsOfTheUser_holdInEveryTrial(boolean hasTable) throws IOException {
    OnnxModel model = model();
    PostTrainingQuantization options =
        PostTrainingQuantization.of(model)
            .measuredTime(Map.of("two", "known to be slow"))
            .ranges("entropy", EntropySelector.create());
    if (hasTable) {
      options = options.table(options.calibrate(TinyNetwork.samples(SAMPLE_COUNT, 4)));
    }

    PlacedModel placed =
        search(
            model,
            options,
            models -> {
              timed.addAll(models);
              return models.stream().map(candidate -> time(candidate, -0.1, 0.12)).toList();
            });

    assertThat(placed.trials()).hasSize(4);
    assertThat(timed).noneMatch(candidate -> isInt8(candidate, "two"));
    assertThat(placed.reasons()).containsOnlyKeys("one", "two");
    assertThat(placed.quantized().orElseThrow().table().provenance().method()).hasValue("entropy");
  }

  @Test
  void run_modelForAnotherRuntime_isRefused() {
    OnnxModel model = model();
    PostTrainingQuantization other = PostTrainingQuantization.of(model).target(Target.ONNXRUNTIME);

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> search(model, other, models -> List.of(0.5)))
        .withMessageContaining("found target ONNXRUNTIME; choose target TENSORRT");
  }

  @Test
  void run_moreThanEightKinds_triesTheSmallestTogether() throws IOException {
    TinyNetwork network = TinyNetwork.of(-1);
    String last = "x";
    for (int kernel = 1; kernel <= 19; kernel += 2) {
      String conv = network.conv("conv" + kernel, last, kernel);
      last = network.add("Softmax", "s" + kernel, List.of(conv));
    }

    PlacedModel placed =
        search(network.output(last).build(), candidate -> isInt8(candidate, "conv3") ? 1.1 : 0.99);

    assertThat(placed.trials()).hasSize(10);
    assertThat(placed.trials().get(8))
        .hasToString(
            "INT8 in 3 kinds of operators with smaller weights alone: 1.100 of the FP16 time");
    assertThat(placed.reasons()).containsOnlyKeys("conv1", "conv3", "conv5");
  }

  @Test
  void keptAs_folderThatIsNotThere_isMadeAndTheFileIsToldOf(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("engines").resolve("int8-explicit.onnx");
    PlacedModel placed = search(model(), candidate -> 0.5);

    assertThat(placed.keptAs(file)).containsExactly("model \"" + file + "\"");
    assertThat(OnnxModel.read(file).toByteArray()).isEqualTo(placed.model().toByteArray());
  }
}
