/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Numbers.inputs;
import static io.github.quant4j.onnx.repair.Numbers.scale;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PairSkipsTest {
  private static final long[] SHAPE = {1, 8, 6, 6};

  private final PairSkips pass = new PairSkips();
  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private final String x = graph.input("x", 1, 8, 6, 6);

  private String conv(String name, String input) {
    return graph.int8Conv(name, input, 8, 8, 3);
  }

  @Test
  void run_skipTensorThatIsQuantizedForTheBlock_isReadThroughThatPair() {
    builder.sum("y", x, conv("conv", graph.pair("p", x, 0.04f)));
    OnnxModel model = graph.build("y");

    List<Finding> findings = Numbers.assertWithin(pass, model, 0.5 * 0.04 + 1e-5, SHAPE);

    assertThat(inputs(model, "y")).containsExactly("p", "conv");
    assertThat(findings)
        .extracting(Finding::toString)
        .containsExactly(
            "R12 warning at node \"y\", tensor \"x\": \"x\" is read as it is; it is read through"
                + " the pair of scale 0.04 it has");
  }

  @Test
  void run_pairThatStandsBehindTheAdd_movesBeforeIt() {
    String other = graph.pair("o", graph.input("other", 1, 8, 6, 6), 0.04f);
    builder.output(builder.sum("y", conv("conv", other), x));
    builder.output(conv("later", graph.pair("p", x, 0.04f)));
    OnnxModel model = builder.build();

    Repairs.runTwice(pass, model);

    assertThat(inputs(model, "y")).containsExactly("conv", "p");
    assertThat(Repairs.operators(model))
        .endsWith("QuantizeLinear DequantizeLinear Add DequantizeLinear Conv");
  }

  @Test
  void run_skipMadeOfAQuantizedTensor_getsItsScale() {
    String pair = graph.pair("p", x, 0.04f);
    String pool =
        builder.add(
            "MaxPool",
            "pool",
            List.of(pair),
            ModelBuilder.integers("kernel_shape", 3, 3),
            ModelBuilder.integers("pads", 1, 1, 1, 1));
    builder.sum("y", conv("conv", pair), pool);
    OnnxModel model = graph.build("y");

    List<Finding> findings = Numbers.assertWithin(pass, model, 1e-5, SHAPE);

    assertThat(inputs(model, "y")).containsExactly("conv", "pool_dequantized");
    assertThat(scale(model, "pool_QuantizeLinear")).isEqualTo(0.04f);
    assertThat(findings.get(0).toString())
        .endsWith("it has a pair of scale 0.04, that of its source");
  }

  @Test
  void run_skipOfUnknownRange_isRefusedWithoutData() {
    String other = graph.pair("o", graph.input("other", 1, 8, 6, 6), 0.04f);
    builder.sum("y", conv("conv", other), x);
    OnnxModel model = graph.build("y");

    assertThat(Repairs.runTwice(pass, model))
        .singleElement()
        .asString()
        .endsWith("its scale is not known; give ranges that hold \"x\"");
    assertThat(Repairs.runTwice(pass, model, Numbers.observed(Map.of("x", 12.7f))))
        .singleElement()
        .asString()
        .endsWith("it has a pair of scale 0.1, as data was observed");
    assertThat(inputs(model, "y")).containsExactly("conv", "x_dequantized");
    assertThat(scale(model, "x_QuantizeLinear")).isEqualTo(0.1f);
  }

  @Test
  void run_pairOnTheMainBranchAlone_getsOneOnTheSkip() {
    String main = graph.pair("m", conv("conv", graph.pair("p", x, 0.04f)), 0.2f);
    builder.sum("y", main, x);
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model);
    Repairs.runTwice(new RemovePairsBeforeResidualAdds(), model);

    assertThat(inputs(model, "y")).containsExactly("conv", "p");
  }

  @Test
  void run_twoConvolutionsOfWhichOneHasAPair_staysAsItIs() {
    String shared = graph.pair("p", x, 0.04f);
    String longer = conv("c", graph.pair("q", builder.relu("r", conv("b", shared)), 0.2f));
    builder.sum("y", conv("a", shared), graph.pair("m", longer, 0.2f));

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }

  @Test
  void run_twoBareConvolutions_pairsTheShorterBranch() {
    String shared = graph.pair("p", x, 0.04f);
    String longer = conv("c", graph.pair("q", builder.relu("r", conv("b", shared)), 0.2f));
    builder.sum("y", longer, conv("a", shared));
    OnnxModel model = graph.build("y");

    Repairs.runTwice(pass, model, Numbers.observed(Map.of("a", 12.7f)));

    assertThat(inputs(model, "y")).containsExactly("c", "a_dequantized");
  }

  @Test
  void run_sumWithoutAConvolution_staysAsItIs() {
    builder.sum("y", graph.pair("p", x, 0.04f), builder.relu("r", x));

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }
}
