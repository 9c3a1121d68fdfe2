/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

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
    try (CalibrationSource samples = TinyNetwork.samples(SAMPLE_COUNT, 4)) {
      return new PlacementSearch(model, PostTrainingQuantization.of(model), bench).run(samples);
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
  void run_gainBelowTwoPercent_isNotWorthIt() throws IOException {
    PlacedModel placed = search(model(), model -> time(model, -0.015, 0.05));

    assertThat(placed.quantized()).isEmpty();
    assertThat(placed.trials().get(3))
        .hasToString("INT8 where it gains alone: 0.985 of the FP16 time");
  }

  @Test
  void run_planThatCannotBeBuilt_keepsTheRegionsThatCan() throws IOException {
    PlacedModel placed =
        search(
            model(),
            model -> isInt8(model, "one") ? Double.POSITIVE_INFINITY : time(model, -0.1, 0));

    assertThat(placed.trials().get(0)).hasToString("INT8 as planned: could not be built");
    assertThat(placed.reasons()).containsEntry("two", "TensorRT cannot build it in INT8");
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
}
