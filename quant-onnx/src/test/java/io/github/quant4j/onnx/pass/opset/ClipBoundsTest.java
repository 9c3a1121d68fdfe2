/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClipBoundsTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @ParameterizedTest
  @ValueSource(ints = {7, 9, 10})
  void run_bothBounds_becomeInputs(int opset) {
    String x = builder.input("x", 2, 5);
    builder.add(
        "Clip", "y", List.of(x), ModelBuilder.real("min", 0), ModelBuilder.real("max", 0.5f));

    OnnxModel model =
        Lifting.keepsResults(builder.opset(opset).output("y"), 13, ModelBuilder.random(1, 1, 2, 5));

    assertThat(model.graph().initializers())
        .extracting(Object::toString)
        .containsExactly("y_min", "y_max");
  }

  @Test
  void run_upperBoundOnly_leavesTheLowerOut() {
    builder.add("Clip", "y", List.of(builder.input("x", 9)), ModelBuilder.real("max", 0.25f));

    OnnxModel model =
        Lifting.keepsResults(builder.opset(9).output("y"), 13, ModelBuilder.random(1, 1, 9));

    assertThat(model.graph().nodes().get(0).input(1)).isEmpty();
  }

  @Test
  void run_noBounds_staysWithoutInputs() {
    builder.add("Clip", "y", List.of(builder.input("x", 9)));

    OnnxModel model =
        Lifting.keepsResults(builder.opset(9).output("y"), 13, ModelBuilder.random(1, 1, 9));

    assertThat(model.graph().nodes().get(0).inputCount()).isEqualTo(1);
  }

  /** ONNX Runtime has no Clip of doubles before opset 12, so only the lifted model is run. */
  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"FLOAT16", "DOUBLE"})
  void run_otherFloatType_castsTheBounds(ElementType type) {
    String x = builder.input("x", 4);
    builder.add("Cast", "c", List.of(x), ModelBuilder.integer("to", type.onnxCode()));
    builder.add("Neg", "n", List.of("c"));
    builder.add("Clip", "d", List.of("n"), ModelBuilder.real("max", 0.25f));
    builder.add("Cast", "y", List.of("d"), ModelBuilder.integer("to", 1));
    OnnxModel model = builder.opset(10).output("y").build();

    LiftOpset.to(13).run(model);

    Tensor input = Tensor.ofFloats(Shape.of(4), -1, -0.375f, 0.125f, 0.5f);
    assertThat(OnnxRuntimeOracle.run(model, input)).containsExactly(0.25f, 0.25f, -0.125f, -0.5f);
  }

  @Test
  void run_unknownTypeInAModelOfFloat32_isFloat32() {
    OnnxModel model = clipOfCustomOperator().build();

    assertThat(LiftOpset.to(13).run(model)).isTrue();

    assertThat(model.graph().value("y_max").orElseThrow().constantElementType())
        .contains(ElementType.FLOAT);
  }

  @Test
  void run_unknownTypeInAModelOfTwoFloatTypes_isRefused() {
    builder.add("Cast", "c", List.of("x"), ModelBuilder.integer("to", 10));

    Lifting.refuses(clipOfCustomOperator().output("c", ElementType.FLOAT16), 13)
        .isEqualTo(
            "node \"y\": Clip cannot be lifted from opset 10 to 11: the element type of its bounds"
                + " is not known; declare it in value_info");
  }

  private ModelBuilder clipOfCustomOperator() {
    builder.input("x", 4);
    builder.add("Fancy", "f", List.of("x"));
    builder.graph().getNodeBuilder(builder.graph().getNodeCount() - 1).setDomain("com.example");
    builder
        .model()
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.example").setVersion(1));
    builder.add("Clip", "y", List.of("f"), ModelBuilder.real("max", 6));
    return builder.opset(10).output("y", ElementType.UINT8);
  }
}
