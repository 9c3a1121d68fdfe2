/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyOperatorRuleTest {
  private static final Tensor SAMPLE = ModelBuilder.random(3, 1, 4, 16, 8, 8);

  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));

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

  @Test
  void plan_copyWithTwoInt8Readers_readsThePair() {
    builder.output(builder.conv("c", x, 16, 16, 3));
    String flat = builder.add("Flatten", "f", List.of(x));
    builder.output(builder.gemm("g", flat, 1024, 16)).output(builder.gemm("h", flat, 1024, 16));
    QuantizationPlan plan = Plans.of(builder);

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0], f[0]], P01");
    assertThat(plan.biases()).extracting(BiasQuantization::inputTensor).containsOnly("stem");
  }

  @Test
  void plan_splitWithInt8Readers_readsThePair() {
    QuantizationPlan plan = Plans.of(split());

    assertThat(Plans.decision(plan, "s")).isEqualTo("INT8 P29");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [s[0], c[0]], P29");
  }

  @Test
  void plan_treeOfCopies_readsThePair() {
    builder.output(builder.conv("c", x, 16, 16, 3));
    String turned =
        builder.add("Transpose", "t", List.of(x), ModelBuilder.integers("perm", 0, 1, 3, 2));
    builder.output(builder.conv("d", turned, 16, 16, 3));
    String flat = builder.add("Flatten", "f", List.of(turned));
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", flat, 1024, 16)));

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0], t[0]], P01");
  }

  @Test
  void plan_gatherAtConstantIndices_isACopy() {
    builder.output(builder.conv("c", x, 16, 16, 3));
    builder.longs("odd", 1, 3, 5, 7);
    String picked =
        builder.add("Gather", "pick", List.of(x, "odd"), ModelBuilder.integer("axis", 2));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("d", picked, 16, 16, 3)));

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0], pick[0]], P01");
  }

  @Test
  void plan_gatherFromAConstantTable_isNoCopy() {
    builder.graph().addInput(ModelBuilder.value("ids", 7, "n", 4));
    builder.weight("table", 100, 32);
    String rows = builder.add("Gather", "rows", List.of("table", "ids"));
    builder.weight("W", 32, 32);
    QuantizationPlan plan =
        Plans.of(builder.output(builder.add("MatMul", "m", List.of(rows, "W"))));

    assertThat(plan.decision("rows").orElseThrow().why().ruleId()).isNotEqualTo("P29");
    assertThat(Plans.pairs(plan)).containsExactly("rows -> [m[0]], P12");
  }

  @Test
  void plan_transposeAndReshapeBetweenConvolutionAndGemm_haveThePairAtTheGemm() {
    String c = builder.conv("c", x, 16, 16, 3);
    String turned =
        builder.add("Transpose", "t", List.of(c), ModelBuilder.integers("perm", 0, 2, 3, 1));
    builder.longs("shape", -1, 16);
    String rows = builder.add("Reshape", "r", List.of(turned, "shape"));
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", rows, 16, 16)));

    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01", "r -> [g[0]], P11");
  }

  @Test
  void quantized_splitWithInt8Readers_isCloseToFloat() {
    OnnxModel model = split().build();
    OnnxModel int8 = Calibration.quantized(model, SAMPLE, Target.TENSORRT);

    assertThat(int8.graph().nodes().stream().filter(node -> node.is("QuantizeLinear"))).hasSize(1);
    assertThat(Calibration.signalToNoise(model, SAMPLE)).isGreaterThan(28);
  }

  private ModelBuilder split() {
    builder.add("Split", "s", List.of(x), ModelBuilder.integer("axis", 1));
    builder.graph().getNodeBuilder(builder.graph().getNodeCount() - 1).addOutput("s2");
    builder.output(builder.conv("d", "s", 8, 16, 3)).output(builder.conv("e", "s2", 8, 16, 3));
    return builder.output(builder.conv("c", x, 16, 16, 3));
  }
}
