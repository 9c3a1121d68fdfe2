/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Numbers.inputs;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class MovePairsBeforePadsTest {
  private static final long[] SHAPE = {1, 8, 4, 4};

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private final MovePairsBeforePads pass = new MovePairsBeforePads();

  private String pad(String name, String input, float value) {
    builder.longs(name + ".pads", 0, 0, 1, 1, 0, 0, 1, 1);
    builder.constant(name + ".value", Tensor.ofFloats(Shape.of(), value));
    return builder.add("Pad", name, List.of(input, name + ".pads", name + ".value"));
  }

  private String conv(String name, String input) {
    return graph.conv(name, 1, input, graph.weight(name + ".w", 0, 8, 8, 1, 1));
  }

  @Test
  void run_pairBehindPadOfZeros_standsBeforeIt() {
    conv("y", graph.pair("p", pad("pad", graph.input("x", 1, 8, 4, 4), 0), 0.03f));
    OnnxModel model = graph.build("y");

    List<Finding> findings = Numbers.assertSame(pass, model, SHAPE);

    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear Pad DequantizeLinear Conv");
    assertThat(Numbers.scale(model, "x_QuantizeLinear")).isEqualTo(0.03f);
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).toString())
        .startsWith("R16 warning")
        .endsWith(
            "a pair of scale 0.03 stands behind the Pad; the pair is moved to \"x\", before the"
                + " Pad");
  }

  @Test
  void run_sourceWithAPairOfThatScale_losesTheSecond() {
    String source = graph.pair("s", graph.input("x", 1, 8, 4, 4), 0.03f);
    String padded = conv("a", graph.pair("p", pad("pad", source, 0), 0.03f));
    builder.add("GlobalMaxPool", "m", List.of(padded));
    builder.sum("y", "m", conv("b", source));
    OnnxModel model = graph.build("y");

    Numbers.assertSame(pass, model, SHAPE);

    assertThat(inputs(model, "pad")).first().isEqualTo("s");
    assertThat(Numbers.pairs(model)).isEqualTo(1);
  }

  @Test
  void run_sourceQuantizedForALaterReader_sharesThatPair() {
    String x = graph.input("x", 1, 8, 4, 4);
    String padded = conv("a", graph.pair("p", pad("pad", x, 0), 0.03f));
    builder.add("GlobalMaxPool", "m", List.of(padded));
    builder.sum("y", "m", conv("b", graph.pair("s", x, 0.03f)));
    OnnxModel model = graph.build("y");

    Numbers.assertSame(pass, model, SHAPE);

    assertThat(inputs(model, "pad")).first().isEqualTo("s");
    assertThat(Repairs.operators(model)).startsWith("QuantizeLinear DequantizeLinear Pad");
  }

  @Test
  void run_sourceWithAnotherScaleForThePadAlone_isRoundedOnceWithTheConvolutionsScale() {
    String source = graph.pair("s", graph.input("x", 1, 8, 4, 4), 0.05f);
    conv("y", graph.pair("p", pad("pad", source, 0), 0.03f));
    OnnxModel model = graph.build("y");

    List<Finding> findings = Repairs.runTwice(pass, model);

    assertThat(Numbers.pairs(model)).isEqualTo(1);
    assertThat(Numbers.scale(model, "x_QuantizeLinear")).isEqualTo(0.03f);
    // R14 tells whoever compares numbers that these may differ, which R16 alone does not
    assertThat(findings)
        .extracting(Finding::defect)
        .containsExactly(Defect.REQUANTIZATION, Defect.PAIR_BEHIND_PAD);
  }

  @Test
  void run_sourceWithAnotherScaleForOthers_isKept() {
    String source = graph.pair("s", graph.input("x", 1, 8, 4, 4), 0.05f);
    conv("a", graph.pair("p", pad("pad", source, 0), 0.03f));
    conv("b", source);
    OnnxModel model = builder.output("a").output("b").build();

    assertThat(Repairs.runTwice(pass, model))
        .extracting(finding -> finding.remedy().text())
        .containsExactly("\"x\" is quantized with scale 0.05 for other readers, so the pair stays");
  }

  @Test
  void run_padOfAnotherValue_staysAsItIs() {
    conv("y", graph.pair("p", pad("pad", graph.input("x", 1, 8, 4, 4), 0.5f), 0.03f));

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }

  @Test
  void run_padReadInFloatToo_staysAsItIs() {
    String pad = pad("pad", graph.input("x", 1, 8, 4, 4), 0);
    conv("a", graph.pair("p", pad, 0.03f));
    builder.sum("y", "a", pad);

    assertThat(Repairs.runTwice(pass, graph.build("y"))).isEmpty();
  }
}
