/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.half;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;

class WidenQuantizersTest {
  private static OnnxModel model(ElementType scaleType) {
    ModelBuilder builder = ModelBuilder.create().opset(19).irVersion(9);
    String x = builder.input("x", 4);
    Tensor scale = Tensor.ofFloats(Shape.of(), 0.125f);
    boolean isHalf = scaleType == ElementType.FLOAT16;
    builder.constant("scale", isHalf ? Float16.saturate(scale) : scale);
    builder.constant("zero", Tensor.ofBytes(ElementType.INT8, Shape.of(), (byte) 0));
    String tensor =
        isHalf ? builder.add("Cast", "half", List.of(x), ModelBuilder.integer("to", 10)) : x;
    builder.add("QuantizeLinear", "q", List.of(tensor, "scale", "zero"));
    builder.add("DequantizeLinear", "dq", List.of("q", "scale", "zero"));
    return builder
        .output(builder.add("Cast", "y", List.of("dq"), ModelBuilder.integer("to", 1)))
        .build();
  }

  @Test
  void run_quantizeOfHalf_readsFloat() {
    OnnxModel model = model(ElementType.FLOAT16);

    assertThat(new WidenQuantizers().run(model)).isTrue();
    assertThat(model.graph().nodes())
        .extracting(Object::toString)
        .containsExactly("half", "q_Cast", "q", "dq", "y");
    Tensor x = Tensor.ofFloats(Shape.of(4), 0.124f, 0.0626f, -0.18f, 0.3125f);
    assertThat(OnnxRuntimeOracle.run(model, x)).containsExactly(0.125f, 0.125f, -0.125f, 0.25f);
  }

  @Test
  void run_quantizeOfFloat_changesNothing() {
    OnnxModel model = model(ElementType.FLOAT);

    assertThat(new WidenQuantizers().run(model)).isFalse();
  }

  @Test
  void run_secondTime_changesNothing() {
    OnnxModel model = model(ElementType.FLOAT16);
    new WidenQuantizers().run(model);

    assertThat(new WidenQuantizers().run(model)).isFalse();
  }
}
