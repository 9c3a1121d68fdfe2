/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Numbers.inputs;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class CollapseRepeatedPairsTest {
  private final QdqGraph graph = new QdqGraph();
  private final CollapseRepeatedPairs pass = new CollapseRepeatedPairs();

  @Test
  void run_chainOfEqualScales_isOnePair() {
    String first = graph.pair("a", graph.input("x", 1, 8, 4, 4), 0.03f);
    String third = graph.pair("c", graph.pair("b", first, 0.03f), 0.03f);
    graph.builder().sum("y", graph.builder().relu("r", third), first);
    OnnxModel model = graph.build("y");

    List<Finding> findings = Numbers.assertSame(pass, model, 1, 8, 4, 4);

    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear DequantizeLinear Relu Add");
    assertThat(inputs(model, "r")).containsExactly("a");
    assertThat(findings).extracting(Finding::defect).containsOnly(Defect.REPEATED_PAIR).hasSize(2);
    assertThat(findings.get(0).toString())
        .contains("scale 0.03, which \"a.q\" has done already")
        .endsWith("1 of its readers now read \"a\"");
  }

  @Test
  void run_tensorQuantizedTwiceAlike_isQuantizedOnce() {
    String x = graph.input("x", 1, 8, 4, 4);
    graph.quantize("late.q", x, 0.03f, ElementType.INT8, 0);
    String early = graph.pair("early", x, 0.03f);
    graph.builder().relu("r", early);
    String late = graph.dequantize("late", "late.q", 0.03f, ElementType.INT8, 0);
    graph.builder().sum("y", "r", late);
    OnnxModel model = graph.build("y");

    Numbers.assertSame(pass, model, 1, 8, 4, 4);

    assertThat(inputs(model, "r")).as("the pair has moved before it").containsExactly("late");
    assertThat(Numbers.pairs(model)).isEqualTo(1);
  }

  @Test
  void run_otherScale_staysAsItIs() {
    graph.pair("b", graph.pair("a", graph.input("x", 1, 8, 4, 4), 0.03f), 0.04f);
    OnnxModel model = graph.build("b");

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
    assertThat(Numbers.pairs(model)).isEqualTo(2);
  }

  @Test
  void run_pairAtTheOutput_staysAsItIs() {
    graph.pair("b", graph.pair("a", graph.input("x", 1, 8, 4, 4), 0.03f), 0.03f);

    assertThat(Repairs.runTwice(pass, graph.build("b"))).isEmpty();
  }

  @Test
  void run_unsignedCodesThatWereRefused_stayAsTheyAre() {
    String first = graph.pair("a", graph.input("x", 1, 8, 4, 4), 0.03f, ElementType.UINT8, 0);
    graph.builder().relu("y", graph.pair("b", first, 0.03f, ElementType.UINT8, 0));

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }
}
