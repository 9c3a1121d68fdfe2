/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import org.junit.jupiter.api.Test;

class NodeSelectorTest {
  private final Node node = node();

  @Test
  void selects_none_nothing() {
    assertThat(NodeSelector.none().selects(node)).isFalse();
  }

  @Test
  void selects_nameThatIsNoExpression_thatName() {
    assertThat(NodeSelector.none().withName("/layer(1").selects(node)).isTrue();
    assertThat(NodeSelector.none().withName("/other(1").selects(node)).isFalse();
  }

  @Test
  void selects_expression_wholeNamesOnly() {
    assertThat(NodeSelector.none().withName("/layer.*").selects(node)).isTrue();
    assertThat(NodeSelector.none().withName("layer").selects(node)).isFalse();
  }

  @Test
  void selects_operator_everyCallOfIt() {
    assertThat(NodeSelector.none().withOperator("Relu").selects(node)).isTrue();
    assertThat(NodeSelector.none().withOperator("Conv").selects(node)).isFalse();
  }

  @Test
  void with_anotherCriterion_leavesTheOriginal() {
    NodeSelector before = NodeSelector.none().withOperator("Conv");

    before.withOperator("Relu");

    assertThat(before.selects(node)).isFalse();
  }

  private static Node node() {
    ModelBuilder builder = ModelBuilder.create();
    builder.output(builder.relu("/layer(1", builder.input("x", 3)));
    return builder.build().graph().nodes().get(0);
  }
}
