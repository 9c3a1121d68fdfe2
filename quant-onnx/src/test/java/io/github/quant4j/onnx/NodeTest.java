/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeTest {
  @Test
  void attributes_presentAndAbsent_giveValueOrDefault() {
    Node node =
        single(
            ModelBuilder.integer("i", 3),
            ModelBuilder.real("f", 0.5f),
            ModelBuilder.text("s", "word"),
            ModelBuilder.integers("ints", 1, 2));

    assertThat(node.integer("i", 0)).isEqualTo(3);
    assertThat(node.integer("none", 7)).isEqualTo(7);
    assertThat(node.real("f", 0)).isEqualTo(0.5f);
    assertThat(node.text("s", "")).isEqualTo("word");
    assertThat(node.text("none", "absent")).isEqualTo("absent");
    assertThat(node.integers("ints")).hasValue(List.of(1L, 2L));
    assertThat(node.integers("none")).isEmpty();
    assertThat(node.hasAttribute("i")).isTrue();
    assertThat(node.hasAttribute("none")).isFalse();
  }

  @Test
  void tensor_attribute_isDecodedWhereItIsOne() {
    Tensor tensor = ModelBuilder.random(1, 1, 2, 3);
    Node node = single(ModelBuilder.tensor("t", tensor), ModelBuilder.integer("i", 3));

    assertThat(node.tensor("t")).map(Tensor::bytes).hasValue(tensor.bytes());
    assertThat(node.tensor("i")).isEmpty();
    assertThat(node.tensor("none")).isEmpty();
  }

  @Test
  void label_namelessNode_tellsOperatorAndOutput() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("y", builder.input("x", 3));
    builder.graph().getNodeBuilder(0).setName("");
    Node node = builder.output("y").build().graph().nodes().get(0);

    assertThat(node.label()).isEqualTo("Relu of y");
  }

  @Test
  void is_operatorOfAnotherDomain_isNotTheStandardOne() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("y", builder.input("x", 3));
    builder.graph().getNodeBuilder(0).setDomain("com.example");
    Node foreign = builder.output("y").build().graph().nodes().get(0);

    assertThat(foreign.is("Relu")).isFalse();
    assertThat(single().is("Conv", "Relu")).isTrue();
  }

  @Test
  void requiredInput_leftOut_namesNodeAndPosition() {
    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> single().requiredInput(1))
        .withMessage("node \"y\" lacks input 1, which Relu needs");
  }

  @Test
  void output_ofANodeWithoutOutputs_namesTheNode() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("y", builder.input("x", 3));
    builder.graph().getNodeBuilder(0).clearOutput();
    Node node = builder.build().graph().nodes().get(0);

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(node::output)
        .withMessage("node \"y\" has no output");
  }

  @Test
  void inputs_positionLeftOut_areThoseThatAreThere() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", 3);
    Node node =
        builder.output(builder.add("Clip", "y", List.of(x, "", x))).build().graph().nodes().get(0);

    assertThat(node.inputCount()).isEqualTo(3);
    assertThat(node.inputs()).hasSize(2);
    assertThat(node.input(1)).isEmpty();
    assertThat(node.input(9)).isEmpty();
  }

  private static Node single(AttributeProto... attributes) {
    ModelBuilder builder = ModelBuilder.create();
    builder.add("Relu", "y", List.of(builder.input("x", 3)), attributes);
    return builder.output("y").build().graph().nodes().get(0);
  }
}
