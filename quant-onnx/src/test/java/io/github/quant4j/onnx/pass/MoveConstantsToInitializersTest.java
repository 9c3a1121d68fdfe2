/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.AttributeProto.AttributeType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MoveConstantsToInitializersTest {
  private final MoveConstantsToInitializers pass = new MoveConstantsToInitializers();

  static Stream<Arguments> forms() {
    Tensor tensor = Tensor.ofFloats(Shape.of(2), 3, 4);
    AttributeProto floats =
        AttributeProto.newBuilder()
            .setName("value_floats")
            .setType(AttributeType.FLOATS)
            .addFloats(3)
            .addFloats(4)
            .build();
    return Stream.of(
        Arguments.of(ModelBuilder.tensor("value", tensor), "float[2]"),
        Arguments.of(floats, "float[2]"),
        Arguments.of(ModelBuilder.real("value_float", 3), "float[]"),
        Arguments.of(ModelBuilder.integer("value_int", 3), "int64[]"),
        Arguments.of(ModelBuilder.integers("value_ints", 3, 4), "int64[2]"));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void run_constantNode_becomesAnInitializerOfItsName(AttributeProto form, String type) {
    ModelBuilder builder = ModelBuilder.create();
    builder.add("Constant", "k", List.of(), form);
    OnnxModel model = builder.output(builder.add("Identity", "y", List.of("k"))).build();

    assertThat(pass.run(model)).isTrue();

    assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("Identity");
    assertThat(model.graph().value("k").flatMap(Value::constant))
        .map(Tensor::toString)
        .hasValue(type);
  }

  @Test
  void run_constantNode_keepsTheFunction() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.add(
        "Constant", "k", List.of(), ModelBuilder.tensor("value", ModelBuilder.random(1, 1, 3)));
    OnnxModel model = builder.output(builder.sum("y", x, "k")).build();
    Tensor input = ModelBuilder.random(2, 1, 2, 3);
    float[] expected = OnnxRuntimeOracle.run(model, input);

    pass.run(model);

    assertThat(OnnxRuntimeOracle.run(model, input)).isEqualTo(expected);
  }

  @Test
  void run_textConstant_staysANode() {
    ModelBuilder builder = ModelBuilder.create();
    builder.add("Constant", "k", List.of(), ModelBuilder.text("value_string", "a"));
    OnnxModel model = builder.output(builder.add("Identity", "y", List.of("k"))).build();

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void run_constantThatIsAnOutput_staysANode() {
    ModelBuilder builder = ModelBuilder.create();
    builder.add("Constant", "y", List.of(), ModelBuilder.real("value_float", 1));
    OnnxModel model = builder.output("y").build();

    assertThat(pass.run(model)).isFalse();
    assertThat(model.graph().nodes()).hasSize(1);
  }

  @Test
  void run_secondTime_changesNothing() {
    ModelBuilder builder = ModelBuilder.create();
    builder.add("Constant", "k", List.of(), ModelBuilder.real("value_float", 1));
    OnnxModel model = builder.output(builder.add("Identity", "y", List.of("k"))).build();
    pass.run(model);

    assertThat(pass.run(model)).isFalse();
  }
}
