/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.PassPipeline;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RandomGraphTest {
  private static final Tensor SAMPLE = ModelBuilder.random(9, 1, 2, 16, 8, 8);
  private static final long SEEDS = 150;

  @Test
  void normalize_randomGraph_keepsTheFunction() {
    for (long seed = 0; seed < SEEDS; seed++) {
      OnnxModel model = RandomGraph.of(seed);
      OnnxModel normalized = model.copy();
      PassPipeline.normalization().run(normalized);

      assertThat(signalToNoise(model, normalized)).as("seed %s", seed).isGreaterThan(90);
    }
  }

  @Test
  void quantize_randomGraph_holdsTheInvariantsRunsAndStripsBack() {
    for (long seed = 0; seed < SEEDS; seed++) {
      OnnxModel model = RandomGraph.of(seed);
      Target target = seed % 2 == 0 ? Target.TENSORRT : Target.ONNXRUNTIME;
      OnnxModel int8 = Calibration.quantized(model, SAMPLE, target);
      PassPipeline.normalization().run(model);

      assertThat(signalToNoise(model, int8)).as("seed %s", seed).isGreaterThan(15);
      new StripQuantizeDequantize().run(int8);
      assertThat(FloatGraph.describe(int8))
          .as("seed %s", seed)
          .isEqualTo(FloatGraph.describe(model));
      FloatGraph.assertWeightsWithinHalfAStep(model, int8);
    }
  }

  @Test
  void plan_randomGraphs_meetEveryRuleBetweenWeightedOperators() {
    Set<String> met = new TreeSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      OnnxModel model = RandomGraph.of(seed);
      PassPipeline.normalization().run(model);
      QuantizationPlan plan = Plans.planner().plan(model);
      plan.settled(Calibration.observed(model, plan, SAMPLE))
          .decisions()
          .forEach(d -> met.add((d.isQuantized() ? "INT8 " : "float ") + d.why().ruleId()));
    }

    assertThat(met)
        .contains("INT8 P26", "INT8 P27", "INT8 P28", "INT8 P29", "INT8 P30", "INT8 P31")
        .contains("INT8 P32", "INT8 P33", "INT8 P38", "INT8 P39", "INT8 P40", "INT8 P41")
        .contains("INT8 P43", "INT8 P44", "float P33", "float P34", "float P51");
  }

  @Test
  void quantize_randomGraphTwice_givesTheSameBytes() {
    for (long seed = 0; seed < 20; seed++) {
      OnnxModel model = RandomGraph.of(seed);

      assertThat(Calibration.quantized(model, SAMPLE, Target.TENSORRT).toByteArray())
          .as("seed %s", seed)
          .isEqualTo(Calibration.quantized(model, SAMPLE, Target.TENSORRT).toByteArray());
    }
  }

  @Test
  void quantize_randomGraphWithNodesInAnyOrder_givesTheSamePairs() {
    for (long seed = 0; seed < 40; seed++) {
      OnnxModel model = RandomGraph.of(seed);
      OnnxModel shuffled = ModelBuilder.shuffled(model, seed);

      assertThat(pairs(shuffled)).as("seed %s", seed).isEqualTo(pairs(model));
    }
  }

  /** T49: names, wiring, scales and codes of all that is inserted. */
  @Test
  void quantize_randomGraphWithNodesInAnyOrder_insertsTheSame() {
    for (long seed = 0; seed < 20; seed++) {
      OnnxModel model = RandomGraph.of(seed);
      OnnxModel shuffled = ModelBuilder.shuffled(model, seed);

      assertThat(inserted(Calibration.quantized(shuffled, SAMPLE, Target.TENSORRT)))
          .as("seed %s", seed)
          .isEqualTo(inserted(Calibration.quantized(model, SAMPLE, Target.TENSORRT)));
    }
  }

  private static Set<String> inserted(OnnxModel model) {
    Set<String> lines = new TreeSet<>();
    for (Node node : model.graph().nodes()) {
      if (node.is("QuantizeLinear", "DequantizeLinear")) {
        lines.add(node.opType() + " " + node.name() + node.inputs() + node.outputs());
        for (Value input : node.inputs()) {
          input.constant().ifPresent(tensor -> lines.add(input + " " + tensor.bytes().hashCode()));
        }
      }
    }
    return lines;
  }

  private static Set<String> pairs(OnnxModel model) {
    PassPipeline.normalization().run(model);
    return Plans.planner().plan(model).activationPairs().stream()
        .map(p -> p.tensor() + p.edges().stream().sorted().toList() + p.rangeSources())
        .collect(Collectors.toSet());
  }

  @Test
  void plan_randomGraph_placesNoPairBeforeAnActivationOrBehindAnOutput() {
    for (long seed = 0; seed < SEEDS; seed++) {
      OnnxModel model = RandomGraph.of(seed);
      PassPipeline.normalization().run(model);
      QuantizationPlan plan = Plans.planner().plan(model);

      assertThat(plan.activationPairs())
          .as("seed %s", seed)
          .allSatisfy(
              pair ->
                  assertThat(pair.edges())
                      .isNotEmpty()
                      .noneMatch(
                          edge -> plan.decision(edge.node()).orElseThrow().opType().equals("Relu"))
                      .allMatch(edge -> plan.decision(edge.node()).orElseThrow().isQuantized()));
    }
  }

  /** Returns the smallest ratio over all outputs, in decibels. */
  private static double signalToNoise(OnnxModel expected, OnnxModel actual) {
    Map<String, Tensor> before = OnnxRuntimeOracle.run(expected, Map.of("x", SAMPLE));
    Map<String, Tensor> after = OnnxRuntimeOracle.run(actual, Map.of("x", SAMPLE));
    assertThat(after.keySet()).isEqualTo(before.keySet());
    double smallest = Double.POSITIVE_INFINITY;
    for (Map.Entry<String, Tensor> output : before.entrySet()) {
      Tensor other = after.getOrDefault(output.getKey(), output.getValue());
      smallest =
          Math.min(smallest, Calibration.signalToNoise(floats(output.getValue()), floats(other)));
    }
    return smallest;
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[tensor.floats().remaining()];
    tensor.floats().get(values);
    return values;
  }
}
