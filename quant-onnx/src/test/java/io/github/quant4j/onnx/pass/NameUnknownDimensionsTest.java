/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import org.junit.jupiter.api.Test;

class NameUnknownDimensionsTest {
  private final NameUnknownDimensions pass = new NameUnknownDimensions();

  @Test
  void run_unknownDimensions_haveANameEachThatNoOtherAxisHas() {
    OnnxModel model = model("?", 3, -1, "x_axis3", "?");

    assertThat(pass.run(model)).isTrue();
    assertThat(dimensions(model)).isEqualTo("float[x_axis0, 3, x_axis2, x_axis3, x_axis4]");
    assertThat(dimensions(OnnxModel.of(model.toByteArray()))).isEqualTo(dimensions(model));
  }

  @Test
  void run_nameThatAnotherAxisHas_isNotGivenAgain() {
    OnnxModel model = model("?", "x_axis0");
    pass.run(model);

    assertThat(dimensions(model)).isEqualTo("float[x_axis0_1, x_axis0]");
  }

  @Test
  void run_namedAndFixedDimensions_changesNothing() {
    OnnxModel model = model("batch", 3, "batch");

    assertThat(pass.run(model)).isFalse();
    assertThat(dimensions(model)).isEqualTo("float[batch, 3, batch]");
  }

  @Test
  void run_secondTime_changesNothing() {
    OnnxModel model = model("?", "?");
    pass.run(model);

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void nameDimension_computedValue_isRefused() {
    OnnxModel model = model(1, 3);
    Value output = model.graph().outputs().get(0);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.graph().rewriter().nameDimension(output, 0, "batch"))
        .withMessageContaining("\"y\" is no input");
  }

  private static OnnxModel model(Object... dimensions) {
    ModelBuilder builder = ModelBuilder.create();
    return builder.output(builder.relu("y", builder.input("x", dimensions))).build();
  }

  private static String dimensions(OnnxModel model) {
    return model.graph().inputs().get(0).type().toString();
  }
}
