/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemoveNoOpsTest {
  private static final Map<String, Tensor> INPUT = Map.of("x", ModelBuilder.random(1, 1, 2, 3));
  private static final AttributeProto TO_FLOAT =
      ModelBuilder.integer("to", ElementType.FLOAT.onnxCode());

  private final RemoveNoOps pass = new RemoveNoOps();

  @Test
  void run_castToTheDeclaredType_removesTheNode() {
    assertRemoved(beforeRelu("Cast", List.of("x"), TO_FLOAT));
  }

  @Test
  void run_castToAnotherType_isLeftAlone() {
    AttributeProto toInt = ModelBuilder.integer("to", ElementType.INT64.onnxCode());

    assertThat(pass.run(beforeRelu("Cast", List.of("x"), toInt).build())).isFalse();
  }

  @Test
  void run_castOfUndeclaredType_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("r", builder.input("x", "n", 3));
    builder.add("Cast", "k", List.of("r"), TO_FLOAT);

    assertThat(pass.run(builder.output(builder.relu("y", "k")).build())).isFalse();
  }

  @Test
  void run_concatOfOneInput_removesTheNode() {
    assertRemoved(beforeRelu("Concat", List.of("x"), ModelBuilder.integer("axis", 1)));
  }

  @Test
  void run_concatOfTwoInputs_isLeftAlone() {
    AttributeProto axis = ModelBuilder.integer("axis", 1);

    assertThat(pass.run(beforeRelu("Concat", List.of("x", "x"), axis).build())).isFalse();
  }

  @Test
  void run_transposeInOrder_removesTheNode() {
    assertRemoved(beforeRelu("Transpose", List.of("x"), ModelBuilder.integers("perm", 0, 1)));
  }

  @Test
  void run_transposeOutOfOrder_isLeftAlone() {
    AttributeProto swapped = ModelBuilder.integers("perm", 1, 0);

    assertThat(pass.run(beforeRelu("Transpose", List.of("x"), swapped).build())).isFalse();
    assertThat(pass.run(beforeRelu("Transpose", List.of("x")).build())).isFalse();
  }

  @Test
  void run_padByZeros_removesTheNode() {
    ModelBuilder builder = beforeRelu("Pad", List.of("x", "pads"));
    builder.longs("pads", 0, 0, 0, 0);

    assertRemoved(builder);
  }

  @Test
  void run_padByZerosAsAttribute_removesTheNode() {
    AttributeProto zeros = ModelBuilder.integers("pads", 0, 0, 0, 0);

    assertRemoved(beforeRelu("Pad", List.of("x"), zeros).opset(10));
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0, 1", "0, -1, 0, 0"})
  void run_padByAnythingElse_isLeftAlone(long a, long b, long c, long d) {
    ModelBuilder builder = beforeRelu("Pad", List.of("x", "pads"));
    builder.longs("pads", a, b, c, d);

    assertThat(pass.run(builder.build())).isFalse();
  }

  @Test
  void run_padByComputedAmounts_isLeftAlone() {
    ModelBuilder builder = beforeRelu("Pad", List.of("x", "pads"));
    builder.graph().addInput(ModelBuilder.value("pads", ElementType.INT64.onnxCode(), 4));

    assertThat(pass.run(builder.build())).isFalse();
  }

  private void assertRemoved(ModelBuilder builder) {
    OnnxModel model = builder.build();

    PassEffect.assertKeepsTheFunction(pass::run, model, INPUT, 0);

    assertThat(PassEffect.operators(model)).containsExactly("Relu");
  }

  private static ModelBuilder beforeRelu(
      String opType, List<String> inputs, AttributeProto... attributes) {
    ModelBuilder builder = ModelBuilder.create();
    builder.input("x", "n", 3);
    return builder.output(builder.relu("y", builder.add(opType, "k", inputs, attributes)));
  }
}
