/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.pass.PassPipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where pairs stand in the blocks that networks are made of, and what they cost in accuracy. */
class NetworkBlocksTest {
  private static final Tensor SAMPLE = ModelBuilder.random(3, 1, 4, 16, 8, 8);

  private final ModelBuilder builder = ModelBuilder.create();
  private final String x = builder.relu("stem", builder.input("x", "n", 16, 8, 8));

  @Test
  void plan_convNext_keepsNoEdgeBareOfAConvolutionReadTwice() {
    String c = builder.conv("c", x, 16, 16, 3);
    String wide = builder.add("Softplus", "act", List.of(builder.conv("expand", c, 16, 32, 1)));
    String sum = builder.sum("add", c, builder.conv("project", wide, 32, 16, 1));
    builder.output(builder.conv("next", sum, 16, 16, 3));

    assertPairs(
        "stem -> [c[0]], P01",
        "c -> [expand[0], add[0]], P01",
        "act -> [project[0]], P01",
        "add -> [next[0]], P01");
  }

  @Test
  void plan_preActivationBlockWithAPooledSkip_sharesTheScaleOfThePool() {
    String c0 = builder.conv("c0", x, 16, 16, 3);
    String normalized = builder.relu("r1", builder.batchNormalization("bn", c0, 16));
    String branch =
        builder.add(
            "Conv",
            "c2",
            List.of(builder.relu("r2", builder.conv("c1", normalized, 16, 16, 3)), weight("w")),
            ModelBuilder.integers("strides", 2, 2));
    String sum = builder.sum("add", branch, builder.maxPool("pool", c0));
    builder.output(builder.conv("next", sum, 16, 16, 3));

    assertPairs(
        "stem -> [c0[0]], P01",
        "r1 -> [c1[0]], P01",
        "r2 -> [c2[0]], P01",
        "pool -> [add[1]], P41",
        "add -> [next[0]], P01");
  }

  @Test
  void plan_decoderStep_hasOneScaleAroundItsConcat() {
    String skip = builder.relu("skip", builder.conv("c1", x, 16, 16, 3));
    String deep = builder.relu("deep", builder.conv("c2", builder.maxPool("p", skip), 16, 16, 3));
    builder.constant("scales", Tensor.ofFloats(Shape.of(4), 1, 1, 2, 2));
    String large = builder.add("Resize", "up", List.of(deep, "", "scales"));
    builder.add("Concat", "cat", List.of(large, skip), ModelBuilder.integer("axis", 1));
    builder.output(builder.conv("c3", "cat", 32, 16, 3));

    assertPairs(
        "stem -> [c1[0]], P01",
        "skip -> [p[0], cat[1]], P27",
        "p -> [c2[0]], P01",
        "up -> [cat[0]], P33",
        "cat -> [c3[0]], P01");
    assertThat(plan().activationPairs().get(2).rangeSources()).containsExactly("skip", "up");
  }

  @Test
  void plan_tensorReadByAConvolutionAndASoftmax_isPairedForTheConvolution() {
    String r = builder.relu("r", builder.conv("c1", x, 16, 16, 3));
    builder.output(builder.add("Softmax", "s", List.of(r)));
    builder.output(builder.conv("c2", r, 16, 16, 3));

    assertPairs("stem -> [c1[0]], P01", "r -> [c2[0]], P01");
    assertThat(plan().notes())
        .containsExactly("P46: tensor \"r\" is read both as INT8 and as float");
  }

  @Test
  void plan_concatThatABodyReads_isPairedOutsideOnly() {
    String c1 = builder.conv("c1", x, 16, 16, 1);
    builder.add("Concat", "cat", List.of(c1, x), ModelBuilder.integer("axis", 1));
    builder.output(Bodies.choice(builder, "if", "cat"));
    builder.output(builder.conv("next", "cat", 32, 16, 1));
    OnnxModel model = builder.build();
    OnnxModel int8 = Calibration.quantized(model, SAMPLE, Target.TENSORRT);

    assertThat(int8.graph().value("cat").orElseThrow().isCaptured()).isTrue();
    assertThat(Calibration.signalToNoise(model, SAMPLE)).isGreaterThan(25);
  }

  @Test
  void quantized_loopWithAConvolutionInItsBody_leavesTheBodyFloat() {
    String c = builder.conv("c", x, 16, 16, 3);
    builder.constant("trips", Tensor.ofLongs(Shape.of(), 2));
    builder.constant("go", Tensor.ofBytes(ElementType.BOOL, Shape.of(), (byte) 1));
    String loop =
        builder.add("Loop", "loop", List.of("trips", "go", c), ModelBuilder.body("body", body(c)));
    OnnxModel model = builder.output(builder.conv("d", loop, 16, 16, 3)).build();

    assertThat(Plans.decision(Plans.planner().plan(model), "loop")).isEqualTo("float P49");
    assertPairs("stem -> [c[0]], P01", "loop -> [d[0]], P01");
    assertThat(Calibration.signalToNoise(model, SAMPLE)).isGreaterThan(25);
  }

  /** One turn: the carried tensor through a Conv of an outer weight, plus the captured tensor. */
  private GraphProto body(String captured) {
    builder.weight("V", 16, 16, 1, 1);
    return GraphProto.newBuilder()
        .setName("turn")
        .addInput(ModelBuilder.value("i", 7))
        .addInput(ModelBuilder.value("goIn", 9))
        .addInput(ModelBuilder.floatValue("carried"))
        .addNode(ModelBuilder.node("Identity", "goOut", List.of("goIn")))
        .addNode(ModelBuilder.node("Conv", "inner", List.of("carried", "V")))
        .addNode(ModelBuilder.node("Add", "plus", List.of("inner", captured)))
        .addOutput(ModelBuilder.value("goOut", 9))
        .addOutput(ModelBuilder.floatValue("plus"))
        .build();
  }

  @Test
  void quantized_blocks_areCloseToFloat() {
    String c = builder.conv("c", x, 16, 16, 3);
    String sum = builder.sum("add", c, builder.conv("p", builder.relu("a", c), 16, 16, 1));
    String next = builder.relu("next", builder.sum("add2", builder.conv("q", sum, 16, 16, 3), sum));
    OnnxModel model = builder.output(builder.conv("last", next, 16, 16, 1)).build();

    assertThat(Calibration.signalToNoise(model, SAMPLE)).isGreaterThan(25);
  }

  /** DenseNet without end: every layer joins all before it. Were it quadratic, it took minutes. */
  @Test
  void plan_twentyThousandConcatsInARow_takesTimeInProportion() {
    String joined = x;
    builder.weight("W", 16, 16, 1, 1);
    for (int i = 0; i < 20_000; i++) {
      String pooled = builder.add("Identity", "i" + i, List.of(joined));
      joined = builder.add("Concat", "c" + i, List.of(pooled, x), ModelBuilder.integer("axis", 1));
    }
    builder.weight("last.W", 16, 16 * 20_001, 1, 1);

    assertPlansWithin(Duration.ofSeconds(30), builder.convOf("last", joined, "last.W"), 20_002);
  }

  /** Were the Concat looked at for each of its inputs, it took minutes. */
  @Test
  void plan_concatOfThousandsOfCopies_takesTimeInProportion() {
    List<String> copies = new ArrayList<>();
    builder.weight("W", 16, 16, 1, 1);
    for (int i = 0; i < 4_000; i++) {
      String conv = builder.convOf("c" + i, x, "W");
      copies.add(
          builder.add(
              "Transpose", "t" + i, List.of(conv), ModelBuilder.integers("perm", 0, 1, 3, 2)));
    }
    builder.add("Concat", "cat", copies, ModelBuilder.integer("axis", 1));
    builder.weight("last.W", 16, 16 * 4_000, 1, 1);

    assertPlansWithin(Duration.ofSeconds(20), builder.convOf("last", "cat", "last.W"), 4_002);
  }

  /** Every product reads the one before: were all looked around for each, it took minutes. */
  @Test
  void plan_thousandsOfProductsOfActivations_takesTimeInProportion() {
    String product = builder.relu("rows", builder.input("y", 2, 32, 32));
    builder.weight("M", 32, 32);
    for (int i = 0; i < 6_000; i++) {
      String left = builder.add("MatMul", "l" + i, List.of(product, "M"));
      String right = builder.add("MatMul", "r" + i, List.of(product, "M"));
      product = builder.add("MatMul", "p" + i, List.of(left, right));
    }

    assertPlansWithin(Duration.ofSeconds(20), product, 18_000);
  }

  private void assertPlansWithin(Duration limit, String output, int int8NodeCount) {
    OnnxModel model = builder.output(output).build();

    long start = System.nanoTime();
    QuantizationPlan plan = Plans.planner().plan(model);
    QuantizationPlan settled = plan.settled(Calibration.uniform(plan));
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);

    assertThat(settled.quantizedNodeCount()).isEqualTo(int8NodeCount);
    assertThat(elapsed).isLessThan(limit);
  }

  private String weight(String name) {
    return builder.weight(name, 16, 16, 1, 1);
  }

  private void assertPairs(String... expected) {
    assertThat(Plans.pairs(plan())).containsExactly(expected);
  }

  private QuantizationPlan plan() {
    OnnxModel model = builder.build();
    PassPipeline.normalization().run(model);
    return Plans.planner().plan(model);
  }
}
