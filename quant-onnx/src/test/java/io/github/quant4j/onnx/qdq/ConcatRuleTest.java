/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConcatRuleTest {
  private static final Tensor SAMPLE = ModelBuilder.random(3, 1, 4, 16, 8, 8);

  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));

  @Test
  void plan_branchesBeforeAConvolution_shareOneScale() {
    String joined = concat("cat", a(), b(), c());
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", joined, 48, 16, 1)));

    assertThat(Plans.decision(plan, "cat")).isEqualTo("INT8 P33");
    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [a[0], b[0], c[0]], P01",
            "a -> [cat[0]], P33",
            "b -> [cat[1]], P33",
            "c -> [cat[2]], P33",
            "cat -> [next[0]], P01");
    assertThat(sources(plan, "a")).containsExactly("a", "b", "c");
    assertThat(sources(plan, "cat")).containsExactly("a", "b", "c");
    assertThat(sources(plan, "stem")).containsExactly("stem");
    assertThat(plan.observationPoints()).containsExactly("a", "b", "c", "stem");
  }

  @Test
  void plan_branchWithAnotherInt8Reader_bringsItsPairIntoTheGroup() {
    String joined = concat("cat", a(), x);
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", joined, 32, 16, 1)));

    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [a[0], cat[1]], P01", "a -> [cat[0]], P33", "cat -> [next[0]], P01");
    assertThat(sources(plan, "stem")).containsExactly("a", "stem");
  }

  @Test
  void plan_branchOfAFloatOperator_isPairedAllTheSame() {
    String joined = concat("cat", a(), builder.add("Sin", "sin", List.of(x)));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", joined, 32, 16, 1)));

    assertThat(Plans.pairs(plan)).contains("sin -> [cat[1]], P33");
  }

  @Test
  void plan_noInt8Reader_leavesTheConcatFloat() {
    String joined = concat("cat", a(), b());
    QuantizationPlan plan = Plans.of(builder.output(builder.add("Sin", "sin", List.of(joined))));

    assertThat(Plans.decision(plan, "cat")).isEqualTo("float P33");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [a[0], b[0]], P01");
  }

  @Test
  void plan_constantBranch_makesNoGroup() {
    builder.weight("k", 1, 16, 8, 8);
    String joined = concat("cat", a(), "k");
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", joined, 32, 16, 1)));

    assertThat(Plans.decision(plan, "cat")).isEqualTo("float P33");
    assertThat(Plans.pairs(plan)).containsExactly("stem -> [a[0]], P01", "cat -> [next[0]], P01");
  }

  @Test
  void plan_concatOfAConcat_isOneGroup() {
    String inner = concat("inner", a(), b());
    String outer = concat("outer", inner, c());
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", outer, 48, 16, 1)));

    assertThat(Plans.decision(plan, "inner")).isEqualTo("INT8 P33");
    assertThat(Plans.pairs(plan)).contains("inner -> [outer[0]], P33");
    assertThat(List.of("a", "b", "c", "inner", "outer"))
        .allSatisfy(t -> assertThat(sources(plan, t)).containsExactly("a", "b", "c"));
  }

  @Test
  void plan_poolsInARowAndTheirConcat_isOneGroup() {
    QuantizationPlan plan = Plans.of(pyramid());

    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [first[0]], P01",
            "r -> [p1[0], cat[0]], P27",
            "p1 -> [p2[0], cat[1]], P27",
            "p2 -> [cat[2]], P33",
            "cat -> [last[0]], P01");
    assertThat(plan.activationPairs().subList(1, 5))
        .extracting(ActivationPair::rangeSources)
        .containsOnly(List.of("r"));
    assertThat(plan.observationPoints()).containsExactly("r", "stem");
  }

  @Test
  void plan_readersBehindAMaxPoolAndAFlatten_makeTheGroupToo() {
    String pooled = builder.maxPool("p", concat("cat", a(), b()));
    String flat = builder.add("Flatten", "f", List.of(pooled));
    QuantizationPlan plan = Plans.of(builder.output(builder.gemm("g", flat, 512, 16)));

    assertThat(Plans.pairs(plan))
        .containsExactly(
            "stem -> [a[0], b[0]], P01",
            "a -> [cat[0]], P33",
            "b -> [cat[1]], P33",
            "cat -> [p[0]], P27",
            "f -> [g[0]], P11");
    assertThat(sources(plan, "f")).containsExactly("a", "b");
  }

  @Test
  void plan_pairOfABranchAboveACopy_bringsTheTensorAboveIntoTheGroup() {
    builder.output(builder.conv("other", x, 16, 16, 3));
    String turned = builder.add("Identity", "copy", List.of(x));
    String joined = concat("cat", a(), turned);
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", joined, 32, 16, 1)));

    assertThat(Plans.pairs(plan))
        .contains("stem -> [other[0], copy[0], a[0]], P01")
        .noneMatch(pair -> pair.startsWith("copy"));
    assertThat(sources(plan, "stem")).containsExactly("a", "stem");
  }

  @Test
  void insert_branches_writesTheScaleOfTheWidestEverywhere() {
    OnnxModel model = widthsThree(40, 10, 20);

    assertThat(List.of("a", "b", "c", "cat"))
        .allSatisfy(tensor -> assertThat(scale(model, tensor)).isEqualTo(40 / 127f));
  }

  @Test
  void insert_rangesThatDifferEightTimes_stillShare() {
    assertThat(scale(widthsThree(8, 1, 1), "b")).isEqualTo(8 / 127f);
  }

  @Test
  void insert_rangesThatDifferSixteenTimes_leavesTheInputsFloat() {
    OnnxModel model = widthsThree(16, 1, 4);

    assertThat(scale(model, "cat")).isEqualTo(16 / 127f);
    assertThat(model.graph().value("a_scale")).isEmpty();
    assertThat(model.graph().value("cat").orElseThrow().producer().orElseThrow().inputs())
        .extracting(Value::name)
        .containsExactly("a", "b", "c");
  }

  @Test
  void insert_branchThatIsAlwaysZero_doesNotCount() {
    assertThat(scale(widthsThree(16, 0, 4), "b")).isEqualTo(16 / 127f);
  }

  @Test
  void settled_rangesThatDifferTooMuch_saysSo() {
    concat("cat", a(), x);
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", "cat", 32, 16, 1)));
    QuantizationPlan settled = plan.settled(table(plan, 1, 100));

    assertThat(settled.decision("cat").orElseThrow())
        .hasToString(
            "Concat \"cat\" float (P34: ranges that would share its scale differ 100 times)");
    assertThat(settled.notes()).contains("P34: \"cat\" stays float: ranges differ 100 times");
    assertThat(Plans.pairs(settled))
        .containsExactly("stem -> [a[0]], P01", "cat -> [next[0]], P01");
    assertThat(sources(settled, "stem")).containsExactly("stem");
    assertThat(sources(settled, "cat")).containsExactly("a", "stem");
    assertThat(settled.settled(table(plan, 1, 100))).isSameAs(settled);
  }

  @Test
  void settled_copyOfABranchThatAConvolutionReadsToo_keepsItsPair() {
    builder.output(builder.conv("other", x, 16, 16, 3));
    String turned =
        builder.add("Transpose", "t", List.of(x), ModelBuilder.integers("perm", 0, 1, 3, 2));
    builder.output(builder.conv("d", turned, 16, 16, 3));
    concat("cat", a(), turned);
    OnnxModel model = builder.output(builder.conv("next", "cat", 32, 16, 1)).build();
    QuantizationPlan plan = Plans.planner().plan(model);
    CalibrationTable table = table(plan, 1, 100);

    assertThat(Plans.pairs(plan.settled(table)))
        .containsExactly("stem -> [other[0], t[0], a[0]], P01", "cat -> [next[0]], P01");
    InsertQuantizeDequantize.of(plan, table, Target.TENSORRT).run(model);
    assertThat(OnnxRuntimeOracle.run(model, Map.of("x", SAMPLE))).hasSize(3);
  }

  @Test
  void settled_copyOfABranchForTheConcatAlone_losesItsPair() {
    builder.output(builder.conv("other", x, 16, 16, 3));
    String turned =
        builder.add("Transpose", "t", List.of(x), ModelBuilder.integers("perm", 0, 1, 3, 2));
    concat("cat", a(), turned);
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", "cat", 32, 16, 1)));
    QuantizationPlan settled = plan.settled(table(plan, 1, 100));

    assertThat(Plans.pairs(settled))
        .containsExactly("stem -> [other[0], a[0]], P01", "cat -> [next[0]], P01");
    assertThat(Plans.decision(settled, "t")).isEqualTo("float P34");
  }

  @Test
  void settled_rangesThatFit_isThePlanItself() {
    concat("cat", a(), x);
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", "cat", 32, 16, 1)));

    assertThat(plan.settled(table(plan, 1, 2))).isSameAs(plan);
  }

  @Test
  void settled_outerConcatTooWide_keepsTheInnerGroup() {
    String inner = concat("inner", a(), b());
    concat("outer", inner, c());
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("next", "outer", 48, 16, 1)));
    CalibrationTable table = table(plan, 1, 2, 100, 1);
    QuantizationPlan settled = plan.settled(table);

    assertThat(Plans.decision(settled, "inner")).isEqualTo("INT8 P33");
    assertThat(Plans.decision(settled, "outer")).isEqualTo("float P34");
    assertThat(sources(settled, "a")).containsExactly("a", "b");
    assertThat(sources(settled, "outer")).containsExactly("a", "b", "c");
  }

  @Test
  void settled_groupsThatOnlyTogetherAreTooWide_keepTheFirst() {
    String one = concat("one", a(), b());
    String two = concat("two", "b", c());
    builder.output(builder.conv("n1", one, 32, 16, 1));
    QuantizationPlan plan = Plans.of(builder.output(builder.conv("n2", two, 32, 16, 1)));
    QuantizationPlan settled = plan.settled(table(plan, 1, 6, 36, 1)); // a, b, c, stem

    assertThat(Plans.decision(settled, "one")).isEqualTo("INT8 P33");
    assertThat(Plans.decision(settled, "two")).isEqualTo("float P34");
    assertThat(sources(settled, "two")).containsExactly("b", "c");
  }

  @Test
  void quantized_branchesAndAMaxPool_areCloseToFloat() {
    String pooled =
        builder.add(
            "MaxPool",
            "pool",
            List.of(x),
            ModelBuilder.integers("kernel_shape", 3, 3),
            ModelBuilder.integers("pads", 1, 1, 1, 1));
    String joined = concat("cat", a(), b(), c(), pooled);
    OnnxModel model = builder.output(builder.conv("next", joined, 64, 16, 1)).build();

    assertThat(Calibration.signalToNoise(model, SAMPLE)).isGreaterThan(28);
  }

  @Test
  void quantized_branchesOfVeryDifferentWidth_areCloseToFloat() {
    builder.constant("small", ModelBuilder.random(1, 0.02, 16, 1, 1));
    String narrow = builder.add("Mul", "narrow", List.of(a(), "small"));
    concat("cat", narrow, b());
    OnnxModel model = builder.output(builder.conv("next", "cat", 32, 16, 1)).build();

    assertThat(Calibration.signalToNoise(model, SAMPLE)).isGreaterThan(28);
  }

  @Test
  void quantized_poolsInARow_areCloseToFloat() {
    assertThat(Calibration.signalToNoise(pyramid().build(), SAMPLE)).isGreaterThan(28);
  }

  /** Three MaxPools of one size joined with what they read: the SPPF block of YOLO. */
  private ModelBuilder pyramid() {
    String r = builder.relu("r", builder.conv("first", x, 16, 16, 1));
    String p1 = samePool("p1", r);
    String p2 = samePool("p2", p1);
    return builder.output(builder.conv("last", concat("cat", r, p1, p2), 48, 16, 1));
  }

  private String samePool(String name, String input) {
    return builder.add(
        "MaxPool",
        name,
        List.of(input),
        ModelBuilder.integers("kernel_shape", 5, 5),
        ModelBuilder.integers("pads", 2, 2, 2, 2));
  }

  private OnnxModel widthsThree(float a, float b, float c) {
    concat("cat", a(), b(), c());
    OnnxModel model = builder.output(builder.conv("next", "cat", 48, 16, 1)).build();
    QuantizationPlan plan = Plans.planner().plan(model);
    InsertQuantizeDequantize.of(plan, table(plan, a, b, c, 1), Target.TENSORRT).run(model);
    return model;
  }

  /** Returns a table with the widths of the observation points in their order. */
  private static CalibrationTable table(QuantizationPlan plan, float... widths) {
    CalibrationTable.Builder table = CalibrationTable.builder();
    int i = 0;
    for (String tensor : plan.observationPoints()) {
      table.put(tensor, new TensorStatistics(-widths[i] / 2, widths[i++], 9, 0));
    }
    return table.build();
  }

  private static float scale(OnnxModel model, String tensor) {
    return model
        .graph()
        .value(tensor + "_scale")
        .flatMap(Value::constant)
        .orElseThrow()
        .floats()
        .get(0);
  }

  private static List<String> sources(QuantizationPlan plan, String tensor) {
    return plan.activationPairs().stream()
        .filter(pair -> pair.tensor().equals(tensor))
        .findFirst()
        .orElseThrow()
        .rangeSources();
  }

  private String a() {
    return builder.conv("a", x, 16, 16, 1);
  }

  private String b() {
    return builder.conv("b", x, 16, 16, 3);
  }

  private String c() {
    return builder.conv("c", x, 16, 16, 1);
  }

  private String concat(String name, String... inputs) {
    return builder.add("Concat", name, List.of(inputs), ModelBuilder.integer("axis", 1));
  }
}
