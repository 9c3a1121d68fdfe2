/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.qdq.Target;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JoinTransposedConvolutionScalesTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void run_scalesPerChannel_roundsWeightsByHalfTheJoinedScaleAtMost(int axis) {
    OnnxModel model = model(axis);
    Tensor before = QuantizedWeightTest.floats(model, "w");

    List<Finding> findings = Repairs.runTwice(new JoinTransposedConvolutionScales(), model);

    Node weight = Repairs.node(model, "w");
    Tensor scale = weight.requiredInput(1).constant().orElseThrow();
    assertThat(scale.shape().rank()).isZero();
    assertThat(weight.hasAttribute("axis")).isFalse();
    float half = scale.floats().get(0) / 2;
    Tensor after = QuantizedWeightTest.floats(model, "w");
    double largest = 0;
    double absmax = 0;
    for (int i = 0; i < before.floats().remaining(); i++) {
      largest = Math.max(largest, Math.abs(before.floats().get(i) - after.floats().get(i)));
      absmax = Math.max(absmax, Math.abs(before.floats().get(i)));
    }
    assertThat(scale.floats().get(0)).isEqualTo((float) (absmax / 127));
    assertThat(largest).isPositive().isLessThanOrEqualTo(half * 1.0001);
    assertThat(findings)
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.remedy().text())
                    .endsWith((float) largest(finding) + " at most"));
    assertThat(largest(findings.get(0))).isCloseTo(largest, within(1e-7));
  }

  private static double largest(Finding finding) {
    String[] words = finding.remedy().text().split(" ", -1);
    return Float.parseFloat(words[words.length - 3]);
  }

  @Test
  void run_model_isComputedByOnnxRuntimeAsBefore() {
    OnnxModel model = model(1);
    Tensor input = ModelBuilder.random(5, 2, 1, 4, 5, 5);
    float[] expected = OnnxRuntimeOracle.run(model, input);

    Repairs.runTwice(new JoinTransposedConvolutionScales(), model);

    // 16 products of activations below 2.54 with weights that changed by 0.005 at most
    assertThat(OnnxRuntimeOracle.run(model, input)).containsExactly(expected, within(0.2f));
  }

  @Test
  void run_sharedWithConv_leavesTheConvItsScales() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 5, 5), 0.02f);
    String weight = graph.weight("w", 0, 4, 4, 1, 1);
    graph.builder().add("ConvTranspose", "up", List.of(x, weight));
    graph.builder().sum("y", "up", graph.conv("conv", 1, x, weight));
    OnnxModel model = graph.build("y");

    Repairs.runTwice(new JoinTransposedConvolutionScales(), model);

    assertThat(QuantizedWeight.of(Repairs.node(model, "conv").requiredInput(1)))
        .hasValueSatisfying(kept -> assertThat(kept.isPerAxis()).isTrue());
    assertThat(QuantizedWeight.of(Repairs.node(model, "up").requiredInput(1)))
        .hasValueSatisfying(joined -> assertThat(joined.isPerAxis()).isFalse());
  }

  @Test
  void run_forOnnxRuntime_keepsTheScales() {
    assertThat(
            Repairs.runTwice(
                new JoinTransposedConvolutionScales(),
                model(1),
                RepairOptions.defaults().withTarget(Target.ONNXRUNTIME)))
        .extracting(finding -> finding.remedy().outcome())
        .containsExactly(Remedy.Outcome.KEPT);
  }

  @Test
  void run_oneScale_findsNothing() {
    OnnxModel model = model(1);
    Repairs.runTwice(new JoinTransposedConvolutionScales(), model);

    assertThat(Repairs.runTwice(new JoinTransposedConvolutionScales(), model)).isEmpty();
  }

  private static OnnxModel model(int axis) {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 5, 5), 0.02f);
    graph.builder().add("ConvTranspose", "up", List.of(x, graph.weight("w", axis, 4, 6, 2, 2)));
    return graph.build("up");
  }
}
