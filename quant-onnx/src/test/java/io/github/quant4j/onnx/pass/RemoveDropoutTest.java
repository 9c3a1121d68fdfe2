/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoveDropoutTest {
  private static final Map<String, Tensor> INPUT = Map.of("x", ModelBuilder.random(1, 1, 2, 3));

  private final RemoveDropout pass = new RemoveDropout();

  @ParameterizedTest
  @ValueSource(longs = {7, 10, 11})
  void run_ratioAsAttribute_removesTheNode(long opset) {
    ModelBuilder builder = ModelBuilder.create().opset(opset);
    String x = builder.input("x", "n", 3);
    builder.add("Dropout", "d", List.of(x), ModelBuilder.real("ratio", 0.5f));
    OnnxModel model = builder.output(builder.relu("y", "d")).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, INPUT, 0);

    assertThat(PassEffect.operators(model)).containsExactly("Relu");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void run_ratioAndModeAsInputs_removesTheNode(int inputs) {
    OnnxModel model = ofInputs(inputs, (byte) 0).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, INPUT, 0);

    assertThat(PassEffect.operators(model)).containsExactly("Relu");
  }

  @Test
  void run_trainingMode_isLeftAlone() {
    assertThat(pass.run(ofInputs(3, (byte) 1).build())).isFalse();
  }

  @Test
  void run_computedMode_isLeftAlone() {
    ModelBuilder builder = ofInputs(2, (byte) 0);
    builder.graph().addInput(ModelBuilder.value("mode", ElementType.BOOL.onnxCode()));
    builder.graph().getNodeBuilder(0).addInput("mode");

    assertThat(pass.run(builder.build())).isFalse();
  }

  @Test
  void run_unusedMask_removesTheNode() {
    ModelBuilder builder = ofInputs(1, (byte) 0);
    builder.graph().getNodeBuilder(0).addOutput("mask");
    OnnxModel model = builder.build();

    PassEffect.assertKeepsTheFunction(pass::run, model, INPUT, 0);

    assertThat(model.graph().value("mask")).isEmpty();
  }

  @Test
  void run_maskThatIsAnOutput_isLeftAlone() {
    ModelBuilder builder = ofInputs(1, (byte) 0);
    builder.graph().getNodeBuilder(0).addOutput("mask");

    assertThat(pass.run(builder.output("mask", ElementType.BOOL).build())).isFalse();
  }

  @Test
  void run_beforeOpset7_removesNodesInTestModeOnly() {
    ModelBuilder builder = ofInputs(1, (byte) 0).opset(6);

    assertThat(pass.run(builder.build())).isFalse();

    builder.graph().getNodeBuilder(0).addAttribute(ModelBuilder.integer("is_test", 1));
    assertThat(pass.run(builder.build())).isTrue();
  }

  @Test
  void run_outputOfTheGraph_isWrittenByTheOperatorBefore() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("r", builder.input("x", "n", 3));
    OnnxModel model = builder.output(builder.add("Dropout", "y", List.of("r"))).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, INPUT, 0);

    assertThat(PassEffect.operators(model)).containsExactly("Relu");
    assertThat(model.graph().outputs().get(0).name()).isEqualTo("y");
  }

  @Test
  void run_outputOfTheGraphWhoseSourceHasAnotherReader_keepsItsNode() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("r", builder.input("x", "n", 3));
    builder.output(builder.add("Dropout", "y", List.of("r")));
    OnnxModel model = builder.output(builder.relu("z", "r")).build();

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void run_outputOfTheGraphThatIsReadToo_freesTheReader() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.output(builder.add("Dropout", "y", List.of(x)));
    OnnxModel model = builder.output(builder.relu("z", "y")).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, INPUT, 0);

    assertThat(PassEffect.operators(model)).containsExactly("Dropout", "Relu");
    assertThat(model.graph().nodes().get(1).requiredInput(0).name()).isEqualTo("x");
  }

  @Test
  void run_outputReadByABody_keepsItsName() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("r", builder.input("x", "n", 3));
    builder.add("Dropout", "d", List.of("r"));
    OnnxModel model = builder.output(Bodies.choice(builder, "y", "d")).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, INPUT, 0);

    assertThat(PassEffect.operators(model)).containsExactly("Relu", "If");
    assertThat(model.graph().value("d")).isPresent();
  }

  /** Adds a Dropout of one to three inputs (data, ratio, training mode) and a Relu. */
  private static ModelBuilder ofInputs(int count, byte mode) {
    ModelBuilder builder = ModelBuilder.create();
    builder.input("x", "n", 3);
    builder.constant("ratio", Tensor.ofFloats(Shape.of(), 0.5f));
    builder.constant("training", Tensor.ofBytes(ElementType.BOOL, Shape.of(), mode));
    builder.add("Dropout", "d", List.of("x", "ratio", "training").subList(0, count));
    return builder.output(builder.relu("y", "d"));
  }
}
