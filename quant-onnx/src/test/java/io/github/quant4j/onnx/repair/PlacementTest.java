/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Numbers.inputs;
import static io.github.quant4j.onnx.repair.ResidualBlocks.SHAPE;
import static io.github.quant4j.onnx.repair.ResidualBlocks.SUM_SCALE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pattern.OperatorClass;
import io.github.quant4j.onnx.qdq.QdqPlanner;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The passes that move pairs, one after the other in the order of the repair. */
class PlacementTest {
  private static final Set<Class<? extends RepairPass>> PASSES =
      Set.of(
          CollapseRepeatedPairs.class,
          RemoveRedundantPairs.class,
          UnifyScales.class,
          MovePairsBeforePads.class,
          RemovePairsBeforeEpilogues.class,
          RemovePairsBeforeResidualAdds.class,
          PairSkips.class);

  /** Runs the passes, then all of them again, which must find nothing to change. */
  private static void place(OnnxModel model) {
    List<RepairPass> passes =
        RepairPasses.placement().stream().filter(p -> PASSES.contains(p.getClass())).toList();
    assertThat(passes).hasSize(PASSES.size());
    passes.forEach(pass -> Repairs.runTwice(pass, model));
    passes.forEach(
        pass ->
            assertThat(pass.run(new RepairContext(model, RepairOptions.defaults())))
                .as("second round of %s", pass)
                .isFalse());
    assertPlaced(model);
  }

  /** Checks I7 and I8 of the planner: nothing stands where operators fuse, one Q per tensor. */
  private static void assertPlaced(OnnxModel model) {
    List<Int8Pair> pairs = Int8Pair.all(model.graph());
    assertThat(pairs).extracting(Int8Pair::tensor).doesNotHaveDuplicates();
    for (Int8Pair pair : pairs) {
      assertThat(pair.result().uses())
          .noneMatch(use -> OperatorClass.isActivation(use.node()) || use.node().is("Pad"));
    }
  }

  private static long quantizers(OnnxModel model) {
    return model.graph().nodes().stream().filter(node -> node.is("DequantizeLinear")).count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"basic", "bottleneck", "projection", "preActivation"})
  void run_block_losesTwoPairsAndChangesByOneStepAtMost(String kind) {
    OnnxModel model = block(new ResidualBlocks(), kind, "b").build();
    OnnxModel before = model.copy();

    place(model);

    assertThat(quantizers(before) - quantizers(model)).isEqualTo(2);
    Numbers.assertWithin(before, model, SUM_SCALE * 1.001, SHAPE);
  }

  private static ResidualBlocks block(ResidualBlocks blocks, String kind, String name) {
    return switch (kind) {
      case "basic" -> blocks.basic(name);
      case "bottleneck" -> blocks.bottleneck(name);
      case "projection" -> blocks.projection(name, false);
      default -> blocks.preActivation(name);
    };
  }

  @Test
  void run_projectionBlock_hasSevenPairsInsteadOfNine() {
    OnnxModel model = new ResidualBlocks().projection("b", false).build();

    assertThat(quantizers(model)).isEqualTo(9);
    place(model);

    assertThat(quantizers(model)).isEqualTo(7);
    assertThat(Repairs.operators(model).replace("QuantizeLinear DequantizeLinear", "Pair"))
        .isEqualTo(
            "Pair DequantizeLinear Conv Relu Pair DequantizeLinear Conv DequantizeLinear Conv Pair"
                + " Add Relu Pair");
  }

  @Test
  void run_chainOfBlocks_readsEachSkipThroughThePairOfTheNextBlock() {
    OnnxModel model =
        new ResidualBlocks().basic("a").projection("b", true).basic("c").bottleneck("d").build();
    final int before = Numbers.pairs(model);

    place(model);

    assertThat(before - Numbers.pairs(model)).isEqualTo(8);
    assertThat(inputs(model, "a.add")).containsExactly("a.conv2", "x.pair");
    assertThat(inputs(model, "b.add")).containsExactly("b.down.pair", "b.conv2");
    assertThat(inputs(model, "c.add")).containsExactly("c.conv2", "b.pair");
    assertThat(inputs(model, "d.add")).containsExactly("d.conv3", "c.pair");
    assertThat(inputs(model, "d.conv1")).first().isEqualTo("c.pair");
  }

  @Test
  void run_eagerClassifier_keepsPairsAroundTheAverageOnly() {
    OnnxModel model = new ResidualBlocks().basic("a").classifier();

    place(model);

    assertThat(inputs(model, "mean")).containsExactly("a.pair");
    assertThat(inputs(model, "flat")).containsExactly("mean");
    assertThat(inputs(model, "fc")).first().isEqualTo("flat.pair");
  }

  @ParameterizedTest
  @ValueSource(strings = {"basic", "bottleneck", "projection"})
  void run_network_hasItsPairsWhereThePlannerPutsThem(String kind) {
    OnnxModel model = block(block(new ResidualBlocks(), kind, "a"), kind, "b").classifier();
    OnnxModel floatForm = QdqRepair.floatForm(model).model();

    place(model);

    assertThat(edges(model)).isEqualTo(plannedEdges(floatForm));
  }

  private static Set<String> plannedEdges(OnnxModel model) {
    return QdqPlanner.create().plan(model).activationPairs().stream()
        .flatMap(pair -> pair.edges().stream())
        .map(edge -> edge.node() + " " + edge.inputIndex())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> edges(OnnxModel model) {
    return Int8Pair.all(model.graph()).stream()
        .flatMap(pair -> pair.result().uses().stream())
        .map(use -> use.node().name() + " " + use.inputIndex())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void run_largeGraph_takesLessThanTheTimeOfAQuadraticWalk() {
    ResidualBlocks blocks = new ResidualBlocks();
    for (int i = 0; i < 400; i++) {
      blocks.basic("b" + i);
    }
    OnnxModel model = blocks.build();
    assertThat(model.graph().nodes()).hasSizeGreaterThan(5_000);

    long start = System.nanoTime();
    RepairContext context = new RepairContext(model, RepairOptions.defaults());
    RepairPasses.placement().forEach(pass -> pass.run(context));

    assertThat((System.nanoTime() - start) / 1e9).as("seconds").isLessThan(5);
    assertThat(Numbers.has(model, "b399.sum")).isFalse();
  }
}
