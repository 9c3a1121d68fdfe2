/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import org.junit.jupiter.api.Test;

class PadRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));

  @Test
  void plan_zeroPadBeforeAConvolution_hasThePairBeforeIt() {
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c", pad(0), 16, 16, 3)));

    assertThat(Plans.decision(plan, "pad")).isEqualTo("INT8 P30");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [pad[0]], P30");
    assertThat(plan.biases().get(0).inputTensor()).isEqualTo("stem");
  }

  @Test
  void plan_padWithAnotherValue_hasThePairAfterIt() {
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c", pad(0.5f), 16, 16, 3)));

    assertThat(Plans.decision(plan, "pad")).isEqualTo("float P30");
    assertThat(Plans.pairs(plan)).containsExactly("pad -> [c[0]], P01");
  }

  @Test
  void plan_padThatReflects_hasThePairAfterIt() {
    QuantizationPlan plan =
        Plans.of(
            builder.output(
                builder.conv("c", pad(0, ModelBuilder.text("mode", "reflect")), 16, 16, 3)));

    assertThat(Plans.pairs(plan)).containsExactly("pad -> [c[0]], P01");
  }

  @Test
  void plan_padWithASecondReader_hasThePairAfterIt() {
    String padded = pad(0);
    builder.output(builder.conv("c", padded, 16, 16, 3));
    QuantizationPlan plan = Plans.of(builder.output(builder.add("Sin", "s", List.of(padded))));

    assertThat(Plans.pairs(plan)).containsExactly("pad -> [c[0]], P01");
  }

  private String pad(float value, AttributeProto... attributes) {
    builder.longs("pads", 0, 0, 1, 1, 0, 0, 1, 1);
    builder.constant("value", Tensor.ofFloats(Shape.of(), value));
    return builder.add("Pad", "pad", List.of(x, "pads", "value"), attributes);
  }
}
