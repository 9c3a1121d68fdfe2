/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.pass.PassPipeline;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AddQuantizationSwitchesTest {
  private static final Tensor SAMPLE = ModelBuilder.random(9, 1, 2, 16, 8, 8);

  /** A model in its three forms. */
  private static final class Forms {
    final OnnxModel floatModel;
    final QuantizationPlan plan;
    final OnnxModel int8;
    final OnnxModel switched;
    final AddQuantizationSwitches pass;

    Forms(OnnxModel model) {
      this(model, Plans.planner());
    }

    Forms(OnnxModel model, QdqPlanner planner) {
      floatModel = model;
      PassPipeline.normalization().run(floatModel);
      QuantizationPlan draft = planner.plan(floatModel);
      CalibrationTable table = Calibration.observed(floatModel, draft, SAMPLE);
      plan = draft.settled(table);
      int8 = floatModel.copy();
      InsertQuantizeDequantize.of(plan, table, Target.TENSORRT).run(int8);
      switched = int8.copy();
      pass = AddQuantizationSwitches.of(plan, floatModel);
      pass.run(switched);
    }

    /** Returns the smallest ratio over all outputs, with the given operators in INT8. */
    double ratio(OnnxModel expected, List<String> quantized) {
      return smallestRatio(OnnxRuntimeOracle.run(expected, Map.of("x", SAMPLE)), run(quantized));
    }

    private Map<String, Tensor> run(List<String> quantized) {
      Map<String, Tensor> inputs = new HashMap<>(Map.of("x", SAMPLE));
      List<String> operators = pass.operators();
      byte[] switches = new byte[operators.size()];
      Arrays.setAll(
          new int[switches.length],
          i -> switches[i] = (byte) (quantized.contains(operators.get(i)) ? 1 : 0));
      if (switches.length > 0) {
        inputs.put(
            AddQuantizationSwitches.INPUT,
            Tensor.ofBytes(ElementType.BOOL, Shape.of(switches.length), switches));
      }
      return OnnxRuntimeOracle.run(switched, inputs);
    }
  }

  private static double smallestRatio(Map<String, Tensor> expected, Map<String, Tensor> actual) {
    return expected.entrySet().stream()
        .mapToDouble(
            output ->
                Calibration.signalToNoise(
                    floats(output.getValue()), floats(requireNonNull(actual.get(output.getKey())))))
        .min()
        .orElseThrow();
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[tensor.floats().remaining()];
    tensor.floats().get(values);
    return values;
  }

  /** x -> stem -> one -> two, stem and two -> add -> last. */
  private static OnnxModel residualBlock() {
    ModelBuilder builder = ModelBuilder.create();
    String stem = builder.conv("stem", builder.input("x", 2, 16, 8, 8), 16, 16, 3);
    String two = builder.conv("two", builder.conv("one", stem, 16, 16, 3), 16, 16, 3);
    String last = builder.conv("last", builder.sum("add", two, stem), 16, 16, 1);
    return builder.output(last).build();
  }

  /** Biases stay rounded, which is what the difference to the float model comes from. */
  @Test
  void run_randomGraphs_isTheFloatModelWithAllOffAndTheInt8ModelWithAllOn() {
    for (long seed = 0; seed < 100; seed++) {
      Forms forms = new Forms(RandomGraph.of(seed));

      assertThat(forms.ratio(forms.floatModel, List.of())).as("seed %s", seed).isGreaterThan(80);
      assertThat(forms.ratio(forms.int8, forms.pass.operators()))
          .as("seed %s", seed)
          .isGreaterThan(50);
    }
  }

  @Test
  void run_oneSwitchOn_isTheModelWithThatOperatorAloneInInt8() {
    Forms forms = new Forms(residualBlock());
    for (String operator : List.of("one", "two", "last")) {
      QdqPlanner planner = Plans.planner().withIncluded(NodeSelector.none().withName(operator));

      assertThat(forms.ratio(new Forms(residualBlock(), planner).int8, List.of(operator)))
          .as(operator)
          .isGreaterThan(50);
      assertThat(forms.ratio(forms.floatModel, List.of(operator))).as(operator).isLessThan(60);
    }
  }

  @Test
  void operators_residualBlock_areConvolutionsAndAddInTheOrderOfTheGraph() {
    assertThat(new Forms(residualBlock()).pass.operators())
        .containsExactly("stem", "one", "two", "add", "last");
  }

  @Test
  void run_concat_followsTheConvolutionBehindIt() {
    ModelBuilder builder = ModelBuilder.create();
    String stem = builder.conv("stem", builder.input("x", 2, 16, 8, 8), 16, 16, 1);
    String a = builder.conv("a", stem, 16, 16, 1);
    String b = builder.conv("b", stem, 16, 16, 1);
    builder.add("Concat", "cat", List.of(a, b), ModelBuilder.integer("axis", 1));
    OnnxModel model = builder.output(builder.conv("last", "cat", 32, 16, 1)).build();

    assertFollowsTheLast(model, "cat", List.of("stem", "a", "b"));
  }

  @Test
  void run_pad_followsTheConvolutionBehindIt() {
    ModelBuilder builder = ModelBuilder.create();
    String stem = builder.conv("stem", builder.input("x", 2, 16, 8, 8), 16, 16, 1);
    builder.longs("pads", 0, 0, 1, 1, 0, 0, 1, 1);
    builder.add("Pad", "pad", List.of(stem, "pads"));
    OnnxModel model = builder.output(builder.conv("last", "pad", 16, 16, 3)).build();

    assertFollowsTheLast(model, "pad", List.of("stem"));
  }

  @Test
  void run_chainOfCopies_followsTheProductBehindIt() {
    ModelBuilder builder = ModelBuilder.create();
    String stem = builder.conv("stem", builder.input("x", 2, 16, 8, 8), 16, 16, 1);
    builder.output(builder.conv("c", stem, 16, 16, 3));
    builder.add("Transpose", "t", List.of(stem), ModelBuilder.integers("perm", 0, 2, 3, 1));
    builder.longs("shape", -1, 16);
    String flat = builder.add("Reshape", "flat", List.of("t", "shape"));
    OnnxModel model = builder.output(builder.gemm("last", flat, 16, 16)).build();

    assertFollowsTheLast(model, "t", List.of("stem", "c"));
  }

  /** Were the copy still quantized with the last operator float, the two would differ. */
  private static void assertFollowsTheLast(OnnxModel model, String copy, List<String> others) {
    Forms forms = new Forms(model);
    Forms withoutLast =
        new Forms(model.copy(), Plans.planner().withMeasuredNoise(Map.of("last", "measured")));

    assertThat(forms.plan.activationPairs())
        .flatExtracting(ActivationPair::edges)
        .extracting(Edge::node)
        .contains(copy);
    assertThat(forms.pass.operators()).doesNotContain(copy).contains("last").containsAll(others);
    assertThat(forms.ratio(withoutLast.int8, others)).isGreaterThan(50);
    assertThat(forms.ratio(forms.floatModel, List.of())).isGreaterThan(80);
  }

  @Test
  void run_poolWithNoInt8OperatorBehind_hasItsOwnSwitch() {
    ModelBuilder builder = ModelBuilder.create();
    String one = builder.conv("one", builder.input("x", 2, 16, 8, 8), 16, 16, 3);
    builder.output(builder.conv("two", one, 16, 16, 3)).output(builder.maxPool("pool", one));
    Forms forms = new Forms(builder.build(), Plans.planner().withAllReadersQuantized(true));

    assertThat(forms.pass.operators()).containsExactlyInAnyOrder("one", "two", "pool");
    assertThat(forms.ratio(forms.floatModel, List.of())).isGreaterThan(80);
    assertThat(forms.ratio(forms.int8, forms.pass.operators())).isGreaterThan(50);
  }

  @Test
  void run_weightReadByTwoOperators_isAddedOnceAndSwitchedForEach() {
    ModelBuilder builder = ModelBuilder.create();
    builder.weight("w", 16, 16, 1, 1);
    String one = builder.convOf("one", builder.input("x", 2, 16, 8, 8), "w");
    Forms forms = new Forms(builder.output(builder.convOf("two", one, "w")).build());

    assertThat(forms.switched.graph().value("w_unquantized")).isPresent();
    assertThat(forms.switched.graph().value("w_unquantized_1")).isEmpty();
    assertThat(forms.ratio(forms.floatModel, List.of())).isGreaterThan(80);
    assertThat(forms.ratio(forms.floatModel, List.of("two"))).isLessThan(60);
  }

  @Test
  void run_secondTime_changesNothing() {
    Forms forms = new Forms(residualBlock());
    byte[] bytes = forms.switched.toByteArray();

    assertThat(forms.pass.run(forms.switched)).isFalse();
    assertThat(forms.switched.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void run_planThatQuantizesNothing_changesNothing() {
    ModelBuilder builder = ModelBuilder.create();
    Forms forms =
        new Forms(builder.output(builder.relu("r", builder.input("x", 2, 16, 8, 8))).build());

    assertThat(forms.pass.operators()).isEmpty();
    assertThat(forms.pass.run(forms.switched)).isFalse();
  }

  @Test
  void run_floatModel_isRefusedAndStaysAsItWas() {
    Forms forms = new Forms(residualBlock());
    byte[] bytes = forms.floatModel.toByteArray();

    assertThatThrownBy(() -> forms.pass.run(forms.floatModel))
        .isInstanceOf(OnnxException.class)
        .hasMessageMatching(
            "the model reads a float tensor at \\w+\\[0], expected a pair;"
                + " carry out the plan first");
    assertThat(forms.floatModel.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void run_modelWithoutANodeOfThePlan_isRefusedAndStaysAsItWas() {
    Forms forms = new Forms(residualBlock());
    Node last = forms.int8.graph().nodes().get(forms.int8.graph().nodes().size() - 1);
    forms.int8.graph().rewriter().edit(last).rename("another");
    byte[] bytes = forms.int8.toByteArray();

    assertThatThrownBy(() -> forms.pass.run(forms.int8))
        .isInstanceOf(OnnxException.class)
        .hasMessage("the model lacks last[0], which the plan quantizes");
    assertThat(forms.int8.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void run_referenceWithoutANodeOfThePlan_isRefused() {
    Forms forms = new Forms(residualBlock());
    ModelBuilder builder = ModelBuilder.create();
    String stem =
        builder.convOf("stem", builder.input("x", 2, 16, 8, 8), builder.weight("v", 16, 16, 1, 1));
    AddQuantizationSwitches pass =
        AddQuantizationSwitches.of(forms.plan, builder.output(stem).build());
    byte[] bytes = forms.int8.toByteArray();

    assertThatThrownBy(() -> pass.run(forms.int8))
        .isInstanceOf(OnnxException.class)
        .hasMessage("the float model lacks node \"one\", which the plan quantizes");
    assertThat(forms.int8.toByteArray()).isEqualTo(bytes);
  }
}
