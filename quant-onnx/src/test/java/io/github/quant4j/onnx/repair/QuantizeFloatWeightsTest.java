/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.ModelBuilder.integer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizeFloatWeightsTest {
  private static final Tensor IMAGE = ModelBuilder.random(7, 2, 1, 4, 6, 6);

  @Test
  void run_convolution_roundsEachChannelByHalfItsScale() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    OnnxModel model = graph.builder().output(graph.builder().conv("conv", x, 4, 8, 3)).build();
    float[] expected = OnnxRuntimeOracle.run(model, IMAGE);
    Tensor before = model.graph().value("conv.W").orElseThrow().constant().orElseThrow();

    List<Finding> findings = Repairs.runTwice(new QuantizeFloatWeights(), model);

    QuantizedWeight weight =
        QuantizedWeight.of(Repairs.node(model, "conv").requiredInput(1)).orElseThrow();
    Tensor after = weight.floatsOf(weight.source().constant().orElseThrow());
    float[] scales = weight.scales();
    assertThat(scales).hasSize(8);
    for (int k = 0; k < 8; k++) {
      float absmax = 0;
      for (int i = k * 36; i < k * 36 + 36; i++) {
        absmax = Math.max(absmax, Math.abs(before.floats().get(i)));
        assertThat(after.floats().get(i))
            .isCloseTo(before.floats().get(i), within(scales[k] * 0.50001f));
      }
      assertThat(scales[k]).isEqualTo((float) (absmax / 127.0));
    }
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected, within(0.03f));
    assertThat(findings)
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.remedy().text())
                    .startsWith("float32 -> int8, 8 scales along axis 0, "));
  }

  @ParameterizedTest
  @CsvSource({"Gemm, 0, 1", "Gemm, 1, 0", "MatMul, 0, 1"})
  void run_product_hasScalesAlongItsOutputs(String operator, long transB, int axis) {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", "n", 6), 0.02f);
    graph.builder().weight("w", transB == 1 ? new long[] {5, 6} : new long[] {6, 5});
    if (operator.equals("Gemm")) {
      graph.builder().add(operator, "y", List.of(x, "w"), integer("transB", transB));
    } else {
      graph.builder().add(operator, "y", List.of(x, "w"));
    }
    OnnxModel model = graph.build("y");

    Repairs.runTwice(new QuantizeFloatWeights(), model);

    Node weight = Repairs.node(model, "y").requiredInput(1).producer().orElseThrow();
    assertThat(weight.integer("axis", -1)).isEqualTo(axis);
    assertThat(weight.requiredInput(1).constantShape()).contains(Shape.of(5));
  }

  @Test
  void run_transposedConvolutionBehindPad_hasOneScale() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 4, 6, 6), 0.02f);
    String pads = graph.builder().longs("pads", 0, 0, 1, 1, 0, 0, 1, 1);
    String padded = graph.builder().add("Pad", "pad", List.of(x, pads));
    String weight = graph.builder().weight("w", 4, 2, 2, 2);
    graph.builder().add("ConvTranspose", "y", List.of(padded, weight));
    OnnxModel model = graph.build("y");

    Repairs.runTwice(new QuantizeFloatWeights(), model);

    assertThat(QuantizedWeight.of(Repairs.node(model, "y").requiredInput(1)))
        .hasValueSatisfying(quantized -> assertThat(quantized.isPerAxis()).isFalse());
  }

  @Test
  void run_weightWithFloatReaders_staysFloatForThem() {
    QdqGraph graph = new QdqGraph();
    String x = graph.input("x", 1, 4, 6, 6);
    graph.builder().weight("w", 4, 4, 1, 1);
    String plain = graph.conv("plain", 1, x, "w");
    graph.conv("int8", 1, graph.pair("q", plain, 0.05f), "w");
    OnnxModel model = graph.build("int8");

    Repairs.runTwice(new QuantizeFloatWeights(), model);

    assertThat(Repairs.node(model, "plain").requiredInput(1).name()).isEqualTo("w");
    assertThat(QuantizedWeight.of(Repairs.node(model, "int8").requiredInput(1))).isPresent();
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).hasSize(4 * 36);
  }

  @Test
  void run_singleRow_isKept() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 32), 0.02f);
    OnnxModel model = graph.builder().output(graph.builder().gemm("y", x, 32, 16)).build();

    assertThat(Repairs.runTwice(new QuantizeFloatWeights(), model))
        .extracting(finding -> finding.remedy().outcome())
        .containsExactly(Remedy.Outcome.KEPT);
  }

  @Test
  void run_weightThatIsNotFinite_isRefused() {
    QdqGraph graph = new QdqGraph();
    String x = graph.pair("xq", graph.input("x", 1, 1, 6, 6), 0.02f);
    graph.builder().constant("w", Tensor.ofFloats(Shape.of(1, 1, 1, 1), Float.NaN));
    OnnxModel model = graph.build(graph.conv("y", 1, x, "w"));

    assertThat(Repairs.runTwice(new QuantizeFloatWeights(), model))
        .singleElement()
        .satisfies(finding -> assertThat(finding.isRefused()).isTrue());
  }

  @Test
  void run_floatActivation_findsNothing() {
    ModelBuilder builder = ModelBuilder.create();
    builder.input("x", 1, 4, 6, 6);
    OnnxModel model = builder.output(builder.conv("y", "x", 4, 4, 3)).build();

    assertThat(Repairs.runTwice(new QuantizeFloatWeights(), model)).isEmpty();
  }
}
