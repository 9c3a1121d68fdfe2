/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.ModelBuilder.integer;
import static io.github.quant4j.onnx.ModelBuilder.integers;
import static io.github.quant4j.onnx.repair.Numbers.inputs;
import static io.github.quant4j.onnx.repair.Numbers.scale;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnifyScalesTest {
  private static final long[] SHAPE = {1, 8, 4, 4};

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private final UnifyScales pass = new UnifyScales();

  private String concat(String name, String... inputs) {
    return builder.add("Concat", name, List.of(inputs), integer("axis", 1));
  }

  @Test
  void run_pairThatOnlyFeedsAnother_isRemoved() {
    graph.pair("y", graph.pair("a", graph.input("x", 1, 8, 4, 4), 0.05f), 0.03f);
    OnnxModel model = graph.build("y");

    List<Finding> findings = Numbers.assertWithin(pass, model, 0.5 * 0.05 + 0.5 * 0.03, SHAPE);

    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear DequantizeLinear");
    assertThat(scale(model, "y")).isEqualTo(0.03f);
    assertThat(findings.get(0).toString())
        .startsWith("R14 warning")
        .endsWith("\"a\" with scale 0.03; the first pair is removed: one rounding less");
  }

  @Test
  void run_pairBeforeAMaxPoolWithPairsOfOtherScalesBehindIt_isRemoved() {
    String pool = builder.maxPool("pool", graph.pair("a", graph.input("x", 1, 8, 4, 4), 0.05f));
    builder.sum("y", graph.pair("b", pool, 0.03f), builder.relu("r", "b"));
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model);

    assertThat(Repairs.operators(model))
        .isEqualTo("MaxPool QuantizeLinear DequantizeLinear Relu Add");
  }

  @Test
  void run_pairThatOthersReadToo_isKeptBesideTheSecond() {
    String first = graph.pair("a", graph.input("x", 1, 8, 4, 4), 0.05f);
    builder.sum("y", graph.pair("b", first, 0.03f), first);
    OnnxModel model = graph.build("y");

    assertThat(Repairs.runTwice(pass, model))
        .extracting(Finding::toString)
        .containsExactly(
            "R14 note at node \"b.q\", tensor \"a\": \"x\" has scale 0.05 and is quantized again"
                + " with scale 0.03; both are kept, since both have readers that were measured with"
                + " them");
  }

  @Test
  void run_tensorWithTwoScales_isKept() {
    String x = graph.input("x", 1, 8, 4, 4);
    builder.sum("y", graph.pair("a", x, 0.05f), graph.pair("b", x, 0.03f));

    assertThat(Repairs.runTwice(pass, graph.build("y")))
        .extracting(Finding::site)
        .containsExactly(new Site("b.q", "x"));
  }

  @Test
  void run_maxPoolsOfASharedTensor_takeTheScaleTheirCodesHave() {
    String shared = graph.pair("a", graph.input("x", 1, 8, 4, 4), 0.04f);
    String first = graph.pair("b", builder.maxPool("pool", shared), 0.035f);
    String second = graph.pair("c", builder.maxPool("pool2", first), 0.05f);
    builder.output(builder.sum("y", second, builder.relu("r", second)));
    builder.output(graph.int8Conv("conv", shared, 8, 8, 3));
    builder.output(graph.int8Conv("conv2", first, 8, 8, 1));
    OnnxModel model = builder.build();
    OnnxModel before = model.copy();

    List<Finding> findings = Repairs.runTwice(pass, model);

    assertThat(List.of(scale(model, "a"), scale(model, "b.q"), scale(model, "c")))
        .containsOnly(0.04f);
    assertThat(findings).hasSize(2);
    assertThat(findings.get(0).toString())
        .endsWith("\"x\" of scale 0.04; scale 0.035 -> 0.04, as all of its readers see it (2)");
    Numbers.assertWithin(before, model, 2 * 0.5 * (0.035 + 0.05), SHAPE);
  }

  @Test
  void run_concat_hasTheScaleOfItsWidestInput() {
    String x = graph.input("x", 1, 8, 4, 4);
    String left = graph.pair("a", x, 0.04f);
    String right = graph.pair("b", builder.relu("r", x), 0.035f);
    graph.pair("y", concat("join", left, right), 0.05f);
    OnnxModel model = graph.build("y");

    List<Finding> findings = Numbers.assertWithin(pass, model, 0.5 * (0.035 + 0.04 + 0.05), SHAPE);

    assertThat(List.of(scale(model, "a"), scale(model, "b"), scale(model, "y")))
        .containsOnly(0.04f);
    assertThat(findings).hasSize(2);
    assertThat(scale(model, "y.q")).isEqualTo(0.04f);
  }

  @Test
  void run_concatWithAFloatInput_takesTheScaleOfItsOutputIfThatIsWider() {
    String x = graph.input("x", 1, 8, 4, 4);
    graph.pair("y", concat("join", graph.pair("a", x, 0.04f), builder.relu("r", x)), 0.05f);
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model);

    assertThat(scale(model, "a")).isEqualTo(0.05f);
  }

  @Test
  void run_concatOfPoolsAndAnotherConcat_isOneUnion() {
    String x = graph.input("x", 1, 8, 4, 4);
    String shared = graph.pair("a", x, 0.04f);
    builder.add("GlobalMaxPool", "pool", List.of(shared));
    builder.add("GlobalMaxPool", "pool2", List.of(graph.pair("b", "pool", 0.03f)));
    String inner = concat("inner", "b", graph.pair("c", "pool2", 0.02f));
    builder.add("GlobalMaxPool", "max", List.of(graph.pair("d", builder.relu("r", x), 0.06f)));
    graph.int8Conv("conv", shared, 8, 8, 3);
    String other = graph.pair("e", "max", 0.06f);
    graph.int8Conv("conv2", "d", 8, 8, 3);
    graph.pair("y", concat("outer", inner, other), 0.05f);
    OnnxModel model = builder.output("y").output("conv").output("conv2").build();

    Repairs.runTwice(pass, model);

    assertThat(List.of("a", "b", "c", "d", "e", "y"))
        .allSatisfy(name -> assertThat(scale(model, name)).isEqualTo(0.06f));
  }

  @Test
  void run_concatOfScalesFarApart_readsItsInputsWithoutPairs() {
    String x = graph.input("x", 1, 8, 4, 4);
    String left = graph.pair("a", x, 0.04f);
    String right = graph.pair("b", builder.relu("r", x), 0.004f);
    builder.output(graph.int8Conv("conv", left, 8, 8, 3));
    graph.pair("y", concat("join", left, right), 0.05f);
    OnnxModel model = graph.build("y");

    List<Finding> findings = Repairs.runTwice(pass, model);

    assertThat(inputs(model, "join")).containsExactly("x", "r");
    assertThat(inputs(model, "conv")).first().isEqualTo("a");
    assertThat(Numbers.has(model, "b.q")).isFalse();
    assertThat(scale(model, "y")).isEqualTo(0.05f);
    assertThat(findings)
        .extracting(Finding::toString)
        .containsExactly(
            "R14 warning at node \"join\", tensor \"join\": it joins tensors of scales"
                + " [0.04, 0.004]; more than 8 times apart, they are read without pairs; that"
                + " behind it stays");
  }

  @Test
  void run_concatThatNothingQuantizes_staysAsItIs() {
    String x = graph.input("x", 1, 8, 4, 4);
    concat("join", graph.pair("a", x, 0.04f), graph.pair("b", builder.relu("r", x), 0.01f));
    builder.add("Softmax", "y", List.of("join"));

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }

  @Test
  void run_concatOfScalesFarApart_isAllThatIsSeparated() {
    String x = graph.input("x", 1, 8, 4, 4);
    String left = graph.pair("a", x, 0.04f);
    String right = graph.pair("b", builder.relu("r", x), 0.004f);
    graph.int8Conv("conv", left, 8, 8, 3);
    String far = concat("far", left, right);
    graph.pair("y", builder.maxPool("p", far), 0.05f);
    graph.pair("z", builder.maxPool("q", far), 0.03f);
    String third = graph.pair("c", builder.add("Tanh", "t", List.of(x)), 0.02f);
    String fourth = graph.pair("d", builder.add("Sigmoid", "s", List.of(x)), 0.01f);
    graph.pair("near", concat("join", third, fourth), 0.02f);
    OnnxModel model =
        builder.output("y").output("z").output("near").output("far").output("conv").build();

    Repairs.runTwice(pass, model);

    assertThat(inputs(model, "far")).containsExactly("x", "r");
    assertThat(List.of(scale(model, "y"), scale(model, "z"))).containsExactly(0.05f, 0.03f);
    assertThat(inputs(model, "join")).containsExactly("c", "d");
    assertThat(scale(model, "d")).isEqualTo(0.02f);
  }

  @Test
  void run_separatedInputMadeOfAnotherPair_getsNoScaleOfThatUnion() {
    String x = graph.input("x", 1, 8, 4, 4);
    String wide = graph.pair("a", x, 0.2f);
    String moved = builder.add("Transpose", "m", List.of(wide), integers("perm", 0, 1, 3, 2));
    String again = graph.pair("b", moved, 0.04f);
    String narrow = graph.pair("c", builder.relu("r", x), 0.02f);
    builder.sum("other", wide, x);
    graph.pair("y", concat("join", again, narrow), 0.1f);
    OnnxModel model = builder.output("y").output("other").build();
    RepairContext context = new RepairContext(model, RepairOptions.defaults());

    assertThat(pass.run(context)).isTrue();

    assertThat(inputs(model, "join")).containsExactly("m", "r");
    assertThat(context.findings()).noneMatch(finding -> finding.site().node().equals("b.q"));
    assertThat(new RemoveUnusedNodes().run(context)).isTrue();
    assertThat(model.graph().initializers())
        .extracting(Value::name)
        .noneMatch(name -> name.startsWith("m_scale"));
  }

  @Test
  void run_concatOfScalesEightTimesApart_stillHasOneScale() {
    String x = graph.input("x", 1, 8, 4, 4);
    String narrow = graph.pair("b", builder.relu("r", x), 0.0625f);
    graph.pair("y", concat("join", graph.pair("a", x, 0.5f), narrow), 0.5f);
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model);

    assertThat(scale(model, "b")).isEqualTo(0.5f);
  }

  @Test
  void run_concatOfAConcatWithAFloatInput_takesTheScaleOfItsOutputIfThatIsWider() {
    String x = graph.input("x", 1, 8, 4, 4);
    String inner = concat("inner", graph.pair("a", x, 0.04f), builder.relu("r", x));
    String other = graph.pair("b", builder.add("Tanh", "t", List.of(x)), 0.03f);
    graph.pair("y", concat("outer", inner, other), 0.05f);
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model);

    assertThat(List.of(scale(model, "a"), scale(model, "b"))).containsOnly(0.05f);
  }
}
