/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AveragePoolRuleTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));

  @Test
  void plan_averageBetweenInt8Operators_isPairedOnBothSides() {
    String pooled = average("avg", builder.relu("r", builder.conv("c1", x, 16, 16, 3)));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", pooled, 16, 16, 3)));

    assertThat(Plans.decision(plan, "avg")).isEqualTo("INT8 P28");
    assertThat(Plans.pairs(plan))
        .containsExactly("stem -> [c1[0]], P01", "r -> [avg[0]], P28", "avg -> [c2[0]], P01");
  }

  @Test
  void plan_averageFlattenGemm_looksThroughTheFlatten() {
    String pooled =
        builder.add("GlobalAveragePool", "gap", List.of(builder.conv("c", x, 16, 16, 3)));
    String flat = builder.add("Flatten", "f", List.of(pooled));
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", flat, 16, 16)));

    assertThat(Plans.decision(plan, "gap")).isEqualTo("INT8 P28");
    assertThat(Plans.pairs(plan))
        .containsExactly("stem -> [c[0]], P01", "c -> [gap[0]], P28", "f -> [g[0]], P11");
  }

  @Test
  void plan_averageBeforeAFloatHead_hasNoPair() {
    String pooled =
        builder.add("GlobalAveragePool", "gap", List.of(builder.conv("c", x, 16, 16, 3)));
    String flat = builder.add("Flatten", "f", List.of(pooled));
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", flat, 16, 10)));

    assertThat(Plans.decision(plan, "gap")).isEqualTo("float P28");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [c[0]], P01");
  }

  @Test
  void plan_averageOfAFloatTensor_hasNoPairBefore() {
    QuantizationPlan plan =
        Plans.of(builder.output(builder.conv("c", average("avg", x), 16, 16, 3)));

    assertThat(Plans.decision(plan, "avg")).isEqualTo("float P28");
    assertThat(Plans.pairs(plan)).containsExactly("avg -> [c[0]], P01");
  }

  private String average(String name, String input) {
    return builder.add(
        "AveragePool", name, List.of(input), ModelBuilder.integers("kernel_shape", 2, 2));
  }

  @ParameterizedTest
  @CsvSource({"2, 3, 1", "3, 2, 0", "-1, -2, 1", "-2, -1, 0"})
  void plan_meanOverHeightAndWidth_isAnAverage(long first, long second, long keptDimensions) {
    QuantizationPlan plan = mean(17, keptDimensions, first, second);

    assertThat(Plans.decision(plan, "mean")).isEqualTo("INT8 P28");
    assertThat(Plans.pairs(plan)).contains("c -> [mean[0]], P28");
  }

  @Test
  void plan_meanWithAxesAsInput_isAnAverage() {
    QuantizationPlan plan = mean(18, 1, 2, 3);

    assertThat(Plans.decision(plan, "mean")).isEqualTo("INT8 P28");
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 2"})
  void plan_meanOverOtherAxes_isNoPooling(long first, long second) {
    QuantizationPlan plan = mean(18, 1, first, second);

    assertThat(Plans.decision(plan, "mean")).isEqualTo("float P35");
  }

  @Test
  void plan_meanOfUnknownRank_isNoPooling() {
    builder.graph().addInput(ModelBuilder.floatValue("z"));
    builder.longs("shape", -1, 16);
    String mean =
        builder.add("ReduceMean", "mean", List.of("z"), ModelBuilder.integers("axes", 2, 3));
    String flat = builder.add("Reshape", "f", List.of(mean, "shape"));
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", flat, 16, 16)));

    assertThat(Plans.decision(plan, "mean")).isEqualTo("float P35");
  }

  @Test
  void plan_averageBeforeAConcatOfInt8_isPairedOnBothSides() {
    String pooled = samePool(builder.conv("c1", x, 16, 16, 3));
    builder.add("Concat", "cat", List.of(pooled, x), ModelBuilder.integer("axis", 1));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("c2", "cat", 32, 16, 3)));

    assertThat(Plans.pairs(plan)).contains("c1 -> [avg[0]], P28", "avg -> [cat[0]], P33");
  }

  @Test
  void plan_averageBehindAConcatOfInt8_isPairedOnBothSides() {
    String c1 = builder.conv("c1", x, 16, 16, 3);
    String c2 = builder.conv("c2", x, 16, 16, 3);
    builder.add("Concat", "cat", List.of(c1, c2), ModelBuilder.integer("axis", 1));
    String pooled = builder.add("GlobalAveragePool", "gap", List.of("cat"));
    String flat = builder.add("Flatten", "f", List.of(pooled));
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", flat, 32, 16)));

    assertThat(Plans.decision(plan, "cat")).isEqualTo("INT8 P33");
    assertThat(Plans.pairs(plan)).contains("cat -> [gap[0]], P28", "f -> [g[0]], P11");
  }

  @Test
  void quantized_meanOverHeightAndWidth_isCloseToFloat() {
    String mean =
        builder.add(
            "ReduceMean",
            "mean",
            List.of(builder.conv("c", x, 16, 32, 3)),
            ModelBuilder.integers("axes", 2, 3),
            ModelBuilder.integer("keepdims", 0));
    builder.output(builder.gemm("g", mean, 32, 16));

    assertThat(Calibration.signalToNoise(builder.build(), ModelBuilder.random(3, 1, 4, 16, 8, 8)))
        .isGreaterThan(25);
  }

  private QuantizationPlan mean(long opset, long keptDimensions, long... axes) {
    builder.opset(opset);
    String c = builder.conv("c", x, 16, 32, 3);
    if (opset >= 18) {
      builder.longs("axes", axes);
      builder.add(
          "ReduceMean",
          "mean",
          List.of(c, "axes"),
          ModelBuilder.integer("keepdims", keptDimensions));
    } else {
      builder.add(
          "ReduceMean",
          "mean",
          List.of(c),
          ModelBuilder.integers("axes", axes),
          ModelBuilder.integer("keepdims", keptDimensions));
    }
    builder.longs("shape", -1, 32);
    builder.add("Reshape", "flat", List.of("mean", "shape"));
    return Plans.of(builder.output(builder.gemm("g", "flat", 32, 16)));
  }

  private String samePool(String input) {
    return builder.add(
        "AveragePool",
        "avg",
        List.of(input),
        ModelBuilder.integers("kernel_shape", 3, 3),
        ModelBuilder.integers("pads", 1, 1, 1, 1));
  }
}
