/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import org.junit.jupiter.api.Test;

class NameNodesTest {
  private final NameNodes pass = new NameNodes();

  @Test
  void run_namelessAndEqualNames_giveEachNodeANameOfItsOwn() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.relu("a", x);
    builder.relu("b", "a");
    builder.relu("c", "b");
    builder.relu("b_Relu", "c");
    builder.graph().getNodeBuilder(0).setName("same");
    builder.graph().getNodeBuilder(1).setName("");
    builder.graph().getNodeBuilder(2).setName("same");
    OnnxModel model = builder.output("b_Relu").build();

    assertThat(pass.run(model)).isTrue();
    assertThat(model.graph().nodes())
        .extracting(Node::name)
        .containsExactly("same", "b_Relu_1", "c_Relu", "b_Relu");
  }

  @Test
  void run_uniqueNames_changesNothing() {
    ModelBuilder builder = ModelBuilder.create();
    OnnxModel model = builder.output(builder.relu("y", builder.input("x", 3))).build();

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void run_secondTime_changesNothing() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("y", builder.input("x", 3));
    builder.graph().getNodeBuilder(0).setName("");
    OnnxModel model = builder.output("y").build();
    pass.run(model);

    assertThat(pass.run(model)).isFalse();
  }
}
