/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import org.junit.jupiter.api.Test;

class RemoveUnusedTest {
  private static final Tensor INPUT = ModelBuilder.random(1, 1, 2, 3);

  private final RemoveUnused pass = new RemoveUnused();

  @Test
  void run_chainNothingReads_goesWithItsConstants() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.relu("dead1", builder.sum("dead0", x, builder.weight("w", 3)));
    OnnxModel model = builder.output(builder.relu("y", x)).build();
    float[] expected = OnnxRuntimeOracle.run(model, INPUT);

    assertThat(pass.run(model)).isTrue();

    assertThat(model.graph().nodes()).extracting(Node::name).containsExactly("y");
    assertThat(model.graph().initializers()).isEmpty();
    assertThat(OnnxRuntimeOracle.run(model, INPUT)).isEqualTo(expected);
  }

  @Test
  void run_valueABodyReads_stays() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.relu("r", x);
    OnnxModel model = builder.output(Bodies.choice(builder, "y", "r")).build();

    assertThat(pass.run(model)).isFalse();
    assertThat(model.graph().nodes()).hasSize(2);
  }

  @Test
  void run_valueOnlyAnUnusedBodyReads_goesWithIt() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.relu("r", x);
    Bodies.choice(builder, "dead", "r");
    OnnxModel model = builder.output(builder.relu("y", x)).build();

    assertThat(pass.run(model)).isTrue();
    assertThat(model.graph().nodes()).extracting(Node::name).containsExactly("y");
  }

  @Test
  void run_unusedInitializerListedAsInput_leavesTheListOfInputs() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.weight(builder.input("w", 3), 3);
    OnnxModel model = builder.output(builder.relu("y", x)).build();

    assertThat(pass.run(model)).isTrue();
    assertThat(OnnxModel.of(model.toByteArray()).graph().inputs())
        .extracting(Value::name)
        .containsExactly("x");
  }

  @Test
  void run_unusedGraphInput_stays() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.input("unused", 3);
    OnnxModel model = builder.output(builder.relu("y", x)).build();

    assertThat(pass.run(model)).isFalse();
    assertThat(model.graph().inputs()).hasSize(2);
  }

  @Test
  void run_secondTime_changesNothing() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.relu("dead", x);
    OnnxModel model = builder.output(builder.relu("y", x)).build();
    pass.run(model);

    assertThat(pass.run(OnnxModel.of(model.toByteArray()))).isFalse();
  }
}
