/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettleUndecidedCodesTest {
  /** None below 0, as what unsigned codes from 0 are made for. */
  private static final Tensor SAMPLE = nonNegative(ModelBuilder.random(3, 1, 1, 4, 4, 4));

  private static final RepairOptions DEFAULTS = RepairOptions.defaults();

  private final RepairPass pass = new SettleUndecidedCodes();
  private final OnnxModel model = model();

  /** Writes Conv, Relu, MaxPool and Conv, Relu with uint8 pairs from 0, the input's too. */
  private static OnnxModel model() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("a", graph.input("x", 1, 4, 4, 4), 0.01f, UINT8, 0);
    String relu = graph.builder().relu("r", graph.int8Conv("k", x, 4, 4, 1));
    String pooled = graph.builder().maxPool("p", graph.pair("b", relu, 0.01f, UINT8, 0));
    String second = graph.int8Conv("l", graph.pair("c", pooled, 0.01f, UINT8, 0), 4, 4, 1);
    return graph.build(graph.pair("d", graph.builder().relu("s", second), 0.02f, UINT8, 0));
  }

  private static Tensor nonNegative(Tensor tensor) {
    float[] values = new float[(int) tensor.shape().elementCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(tensor.floats().get(i));
    }
    return Tensor.ofFloats(tensor.shape(), values);
  }

  private static CalibrationTable ranges(float r, float p, float s) {
    return CalibrationTable.builder()
        .put("r", TensorCalibration.of(new ValueRange(0, r)))
        .put("p", TensorCalibration.of(new ValueRange(0, p)))
        .put("s", TensorCalibration.of(new ValueRange(0, s)))
        .build();
  }

  private float scaleOf(String node) {
    return Quantizer.of(Repairs.node(model, node)).flatMap(Quantizer::singleScale).orElseThrow();
  }

  @Test
  void run_withoutOptionAndRanges_refusesEach() {
    byte[] before = model.toByteArray();

    List<Finding> findings = Repairs.runTwice(pass, model);

    assertThat(findings).hasSize(4).allMatch(Finding::isRefused);
    assertThat(findings.get(0).remedy().text()).contains("say whether undecided codes are signed");
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @Test
  void run_signedByOption_keepsTheScales() {
    List<Finding> findings =
        Repairs.runTwice(pass, model, DEFAULTS.withUndecided(CodeReading.SIGNED));

    assertThat(findings).hasSize(4).allMatch(finding -> finding.defect() == Defect.UNDECIDED_CODES);
    assertThat(scaleOf("b")).isEqualTo(0.01f);
    assertThat(findings.get(0).remedy().text())
        .isEqualTo("zero point int8 0, the scale stays: signed, as the options say");
  }

  @Test
  void run_unsignedByOption_widensTheScales() {
    float[] before = OnnxRuntimeOracle.run(model, SAMPLE);

    List<Finding> findings =
        Repairs.runTwice(pass, model, DEFAULTS.withUndecided(CodeReading.UNSIGNED));

    assertThat(findings).hasSize(4);
    assertThat(scaleOf("b")).isEqualTo(0.01f * 255 / 127, within(1e-8f));
    assertThat(Repairs.operators(model)).doesNotContain("Relu Relu");
    float[] after = OnnxRuntimeOracle.run(model, SAMPLE);
    for (int i = 0; i < after.length; i++) {
      assertThat(after[i]).isEqualTo(before[i], within(0.08f));
    }
  }

  @Test
  void run_observedMaximaNearSigned_keepTheScales() {
    RepairOptions options = DEFAULTS.withRanges(ranges(1.25f, 1.2f, 2.4f));

    List<Finding> findings = Repairs.runTwice(pass, model, options);

    assertThat(scaleOf("d")).isEqualTo(0.02f);
    assertThat(findings.get(0).remedy().text())
        .endsWith(
            "signed, the observed maxima of 2 of 2 scales are nearer to 127.5 scales than to 255.0");
  }

  @Test
  void run_tensorsOfOneScale_voteTogether() {
    RepairOptions options = DEFAULTS.withRanges(ranges(2.5f, 0.5f, 5));

    List<Finding> findings = Repairs.runTwice(pass, model, options);

    assertThat(findings.get(0).remedy().text())
        .contains("unsigned, the observed maxima of 2 of 2 scales are nearer to 255.0");
    assertThat(scaleOf("c")).isEqualTo(scaleOf("b"));
  }

  @Test
  void run_evenVote_isRefused() {
    RepairOptions options = DEFAULTS.withRanges(ranges(2.5f, 0.5f, 2.5f));

    List<Finding> findings = Repairs.runTwice(pass, model, options);

    assertThat(findings).allMatch(Finding::isRefused);
    assertThat(findings.get(0).remedy().text()).startsWith("the observed values speak for neither");
    assertThat(Repairs.runTwice(pass, model, options.withUndecided(CodeReading.SIGNED)))
        .hasSize(4)
        .noneMatch(Finding::isRefused);
  }

  @Test
  void run_rangesAgainstTheOption_decide() {
    RepairOptions options =
        DEFAULTS.withRanges(ranges(1.25f, 1.2f, 2.4f)).withUndecided(CodeReading.UNSIGNED);

    Repairs.runTwice(pass, model, options);

    assertThat(scaleOf("d")).isEqualTo(0.02f);
  }

  @Test
  void run_observedNegative_isSigned() {
    QdqGraph graph = new QdqGraph();
    graph.builder().model().setProducerName("onnx.quantize");
    String x = graph.pair("a", graph.input("x", 1, 4, 4, 4), 0.01f, UINT8, 0);
    OnnxModel bare = graph.build(graph.pair("b", graph.int8Conv("k", x, 4, 4, 1), 0.01f, UINT8, 0));
    CalibrationTable ranges =
        CalibrationTable.builder().put("k", TensorCalibration.of(new ValueRange(-1, 2.5f))).build();

    List<Finding> findings = Repairs.runTwice(pass, bare, DEFAULTS.withRanges(ranges));

    assertThat(findings).hasSize(2);
    assertThat(findings.get(0).remedy().text()).endsWith("tensor \"k\" was observed at -1.0");
  }

  @Test
  void run_decidedModel_isLeftAlone() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("a", graph.input("x", 1, 4, 4, 4), 0.01f, UINT8, 3);

    assertThat(Repairs.runTwice(pass, graph.build(graph.pair("b", x, 0.1f, UINT8, 0)))).isEmpty();
  }
}
