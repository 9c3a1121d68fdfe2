/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import org.junit.jupiter.api.Test;

class MovementRulesTest {
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

  @Test
  void plan_copiesOfAPairedTensor_readItsPair() {
    builder.output(builder.conv("c", x, 16, 16, 3));
    String turned =
        builder.add("Transpose", "t", List.of(x), ModelBuilder.integers("perm", 0, 2, 3, 1));
    builder.longs("shape", -1, 16);
    String flat = builder.add("Reshape", "f", List.of(turned, "shape"));
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", flat, 16, 16)));

    assertThat(Plans.decision(plan, "t")).isEqualTo("INT8 P29");
    assertThat(Plans.decision(plan, "f")).isEqualTo("INT8 P29");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0], t[0]], P01");
    assertThat(plan.biases().get(1).inputTensor()).isEqualTo("stem");
  }

  @Test
  void plan_copiesOfAFloatTensor_haveThePairAtTheReader() {
    String turned = builder.add("Transpose", "t", List.of(builder.conv("c", x, 16, 16, 3)));
    builder.longs("shape", -1, 16);
    String flat = builder.add("Reshape", "f", List.of(turned, "shape"));
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", flat, 16, 16)));

    assertThat(Plans.decision(plan, "f")).isEqualTo("float P29");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01", "f -> [g[0]], P11");
  }

  @Test
  void plan_copyWithTwoReaders_hasThePairAtTheReader() {
    builder.output(builder.conv("c", x, 16, 16, 3));
    String flat = builder.add("Flatten", "f", List.of(x));
    builder.output(builder.add("Sin", "s", List.of(flat)));
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", flat, 1024, 16)));

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01", "f -> [g[0]], P11");
  }

  @Test
  void plan_splitWithAFloatReader_hasThePairAtTheReader() {
    builder.output(builder.conv("c", x, 16, 16, 3));
    builder.add("Split", "s", List.of(x), ModelBuilder.integer("axis", 1));
    builder.graph().getNodeBuilder(builder.graph().getNodeCount() - 1).addOutput("s2");
    builder.output(builder.add("Sin", "sin", List.of("s2")));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("d", "s", 8, 16, 3)));

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01", "s -> [d[0]], P01");
  }

  @Test
  void plan_excludedCopy_isNotMovedThrough() {
    builder.output(builder.conv("c", x, 16, 16, 3));
    String flat = builder.add("Flatten", "f", List.of(x));
    builder.output(builder.gemm("g", flat, 1024, 16));
    QuantizationPlan plan =
        Plans.planner().withExcluded(NodeSelector.none().withName("f")).plan(builder.build());

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01", "f -> [g[0]], P11");
  }

  private String pad(float value, AttributeProto... attributes) {
    builder.longs("pads", 0, 0, 1, 1, 0, 0, 1, 1);
    builder.constant("value", Tensor.ofFloats(Shape.of(), value));
    return builder.add("Pad", "pad", List.of(x, "pads", "value"), attributes);
  }
}
