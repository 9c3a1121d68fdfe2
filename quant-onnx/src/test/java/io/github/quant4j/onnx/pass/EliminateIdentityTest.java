/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;

class EliminateIdentityTest {
  private static final Tensor INPUT = ModelBuilder.random(1, 1, 2, 3);

  private final EliminateIdentity pass = new EliminateIdentity();

  @Test
  void run_chainOfIdentities_readersReadTheOriginal() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.add("Identity", "i", List.of(x));
    builder.add("Identity", "j", List.of("i"));
    OnnxModel model = builder.output(builder.relu("y", "j")).build();
    float[] expected = OnnxRuntimeOracle.run(model, INPUT);

    assertThat(pass.run(model)).isTrue();

    assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("Relu");
    assertThat(OnnxRuntimeOracle.run(model, INPUT)).isEqualTo(expected);
  }

  @Test
  void run_identityThatIsAnOutput_keepsItsNodeAndFreesItsReaders() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.add("Identity", "i", List.of(x));
    OnnxModel model = builder.output("i").output(builder.relu("y", "i")).build();

    assertThat(pass.run(model)).isTrue();

    assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("Identity", "Relu");
    assertThat(model.graph().nodes().get(1).requiredInput(0).name()).isEqualTo("x");
  }

  @Test
  void run_identityReadByABody_keepsItsNode() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.add("Identity", "i", List.of(x));
    OnnxModel model = builder.output(Bodies.choice(builder, "y", "i")).build();

    assertThat(pass.run(model)).isFalse();
    assertThat(OnnxRuntimeOracle.run(model, INPUT)).hasSize(6);
  }

  @Test
  void run_identityThatIsTheOnlyOutput_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    OnnxModel model = builder.output(builder.add("Identity", "y", List.of(x))).build();

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void run_secondTime_changesNothing() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.add("Identity", "i", List.of(x));
    OnnxModel model = builder.output("i").output(builder.relu("y", "i")).build();
    pass.run(model);

    assertThat(pass.run(model)).isFalse();
  }
}
