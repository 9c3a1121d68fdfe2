/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Numbers.inputs;
import static io.github.quant4j.onnx.repair.ResidualBlocks.SHAPE;
import static io.github.quant4j.onnx.repair.ResidualBlocks.SUM_SCALE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemovePairsBeforeResidualAddsTest {
  private static final double ONE_STEP = SUM_SCALE * 1.001;

  private final RemovePairsBeforeResidualAdds pass = new RemovePairsBeforeResidualAdds();
  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();

  @Test
  void run_identityBlock_leavesTheConvolutionsEdgeBare() {
    OnnxModel model = new ResidualBlocks().basic("b").build();

    List<Finding> findings = Numbers.assertWithin(pass, model, ONE_STEP, SHAPE);

    assertThat(inputs(model, "b.add")).containsExactly("b.conv2", "x.pair");
    assertThat(findings)
        .extracting(Finding::toString)
        .containsExactly(
            "R10 warning at node \"b.add\", tensor \"b.conv2\": input 0 is read through a pair of"
                + " scale 1.6; input 0 is read as it is; input 1 keeps its pair");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void run_projectionBlock_leavesTheLongerBranchBare(boolean isSkipFirst) {
    OnnxModel model = new ResidualBlocks().projection("b", isSkipFirst).build();

    Numbers.assertWithin(pass, model, ONE_STEP, SHAPE);

    assertThat(inputs(model, "b.add")).containsExactlyInAnyOrder("b.conv2", "b.down.pair");
  }

  @Test
  void run_branchesOfOneLength_leavesInputOneBare() {
    String x = graph.pair("x.pair", graph.input("x", 1, 8, 6, 6), 0.04f);
    String first = graph.pair("a.pair", graph.int8Conv("a", x, 8, 8, 3), 0.2f);
    // One more pair than on the other branch, on its way to the tensor both come from.
    String again = graph.pair("again", x, 0.05f);
    String second = graph.int8Conv("b", again, 8, 8, 3);
    builder.sum("y", graph.pair("b.pair", second, 0.2f), first);
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model);

    assertThat(inputs(model, "y")).containsExactly("b.pair", "a");
  }

  @Test
  void run_bottleneckBehindNormalization_walksBackToTheConvolution() {
    String x = graph.pair("x.pair", graph.input("x", 1, 8, 6, 6), 0.04f);
    String normal = builder.batchNormalization("bn", graph.int8Conv("conv", x, 8, 8, 3), 8);
    builder.sum("y", x, graph.pair("p", normal, 0.2f));
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model);

    assertThat(inputs(model, "y")).containsExactly("x.pair", "bn");
  }

  @Test
  void run_convolutionOutputWithOtherReaders_keepsBothPairs() {
    String x = graph.pair("x.pair", graph.input("x", 1, 8, 6, 6), 0.04f);
    String conv = graph.pair("p", graph.int8Conv("conv", x, 8, 8, 3), 0.2f);
    builder.sum("y", graph.int8Conv("next", conv, 8, 8, 1), builder.sum("add", conv, x));

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }

  @Test
  void run_activationBeforeTheAdd_keepsBothPairs() {
    String x = graph.pair("x.pair", graph.input("x", 1, 8, 6, 6), 0.04f);
    String relu = builder.relu("relu", graph.int8Conv("conv", x, 8, 8, 3));
    builder.sum("y", graph.pair("p", relu, 0.2f), x);

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }

  @Test
  void run_floatConvolution_keepsBothPairs() {
    String x = graph.pair("x.pair", graph.input("x", 1, 8, 6, 6), 0.04f);
    builder.sum("y", graph.pair("p", builder.conv("conv", x, 8, 8, 3), 0.2f), x);

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }

  @Test
  void run_broadcastOrUnknownShapes_keepsBothPairs() {
    String x = graph.pair("x.pair", graph.input("x", 1, 8, 6, 6), 0.04f);
    String gate = graph.pair("g.pair", graph.input("g", 1, 8, 1, 1), 0.04f);
    String open = graph.pair("o.pair", graph.input("o", 1, 8, "?", "?"), 0.04f);
    String conv = graph.pair("p", graph.int8Conv("conv", x, 8, 8, 3), 0.2f);
    String other = graph.pair("q", graph.int8Conv("conv2", x, 8, 8, 3), 0.2f);
    OnnxModel model = graph.build(builder.sum("a", conv, gate), builder.sum("b", other, open));

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
  }

  @Test
  void run_pairThatOthersReadToo_staysSinceItIsWrittenAnyway() {
    String x = graph.pair("x.pair", graph.input("x", 1, 8, 6, 6), 0.04f);
    String shared = graph.pair("a.pair", graph.int8Conv("a", x, 8, 8, 3), 0.2f);
    builder.output(graph.int8Conv("next", shared, 8, 8, 1));
    builder.sum("y", shared, x);

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }
}
