/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CenterWeightsTest {
  private static final Tensor SAMPLE = ModelBuilder.random(3, 1, 1, 4, 4, 4);

  private final RepairPass pass = new CenterWeights();
  private final QdqGraph graph = new QdqGraph();
  private final String x = graph.input("x", 1, 4, 4, 4);

  private String weight(String name, ElementType type, int low, int high, int zero, long... dims) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    byte[] codes = new byte[(int) Shape.of(dims).elementCount()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) random.nextInt(low, high + 1);
    }
    codes[0] = (byte) low;
    codes[1] = (byte) high;
    String constant =
        graph.builder().constant(name + ".codes", Tensor.ofBytes(type, Shape.of(dims), codes));
    return graph.dequantize(name, constant, 0.004f, type, zero);
  }

  private static void assertClose(float[] actual, float[] expected, float tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isEqualTo(expected[i], within(tolerance));
    }
  }

  @ParameterizedTest
  @CsvSource({"UINT8, 0, 255, 128", "UINT8, 3, 130, 3", "INT8, -100, 100, -20"})
  void run_codesThatFit_keepEveryNumber(ElementType type, int low, int high, int zero) {
    String weight = weight("w", type, low, high, zero, 4, 4, 1, 1);
    OnnxModel model = graph.build(graph.conv("k", 1, x, weight));
    float[] before = OnnxRuntimeOracle.run(model, SAMPLE);

    List<Finding> findings = Repairs.runTwice(pass, model);

    assertThat(findings)
        .singleElement()
        .extracting(Finding::found)
        .isEqualTo(type + " codes, zero point " + zero);
    assertThat(findings.get(0).remedy().text()).endsWith("every number as before");
    assertThat(Repairs.quantizer(model, "w").codeType()).isEqualTo(INT8);
    assertThat(Repairs.quantizer(model, "w").singleZeroPoint()).contains(0);
    assertThat(Repairs.quantizer(model, "w").singleScale()).contains(0.004f);
    assertThat(OnnxRuntimeOracle.run(model, SAMPLE)).isEqualTo(before);
  }

  @Test
  void run_codesThatDoNotFit_areQuantizedPerChannel() {
    String weight = weight("w", UINT8, 0, 255, 40, 4, 4, 1, 1);
    OnnxModel model = graph.build(graph.conv("k", 1, x, weight));
    float[] before = OnnxRuntimeOracle.run(model, SAMPLE);

    List<Finding> findings = Repairs.runTwice(pass, model);

    assertThat(findings.get(0).remedy().text())
        .matches(
            "quantized anew to int8 with zero point 0 along axis 0, largest error 0\\.[345]\\d* of the scale");
    Quantizer repaired = Repairs.quantizer(model, "w");
    assertThat(repaired.scale().orElseThrow().shape()).isEqualTo(Shape.of(4));
    assertThat(repaired.zeroPoint().orElseThrow().shape()).isEqualTo(Shape.of(4));
    assertThat(repaired.node().integer("axis", 1)).isZero();
    assertClose(OnnxRuntimeOracle.run(model, SAMPLE), before, 4 * 0.004f);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void run_randomCodes_areOffByHalfAScaleAtMost(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int zero = random.nextInt(256);
    String weight = weight("w" + seed, UINT8, 0, 255, zero, 4, 4, 3, 3);
    OnnxModel model = graph.build(graph.conv("k", 3, x, weight));
    Tensor old =
        model.graph().value("w" + seed + ".codes").flatMap(v -> v.constant()).orElseThrow();

    Repairs.runTwice(pass, model);

    Quantizer repaired = Repairs.quantizer(model, "w" + seed);
    Tensor codes = repaired.data().constant().orElseThrow();
    Tensor scales = repaired.scale().orElseThrow();
    int perScale = 144 / (int) scales.shape().elementCount();
    for (int i = 0; i < 144; i++) {
      float scale = scales.floats().get(i / perScale);
      double exact = (Byte.toUnsignedInt(old.bytes().get(i)) - zero) * 0.004;
      assertThat((double) codes.bytes().get(i) * scale)
          .as("seed %s, element %s", seed, i)
          .isEqualTo(exact, within(scale * 0.5001));
    }
  }

  @Test
  void run_operators_haveTheirAxis() {
    String gemm = graph.builder().add("Flatten", "f", List.of(x));
    String product =
        graph
            .builder()
            .add(
                "Gemm",
                "g",
                List.of(gemm, weight("g.w", UINT8, 0, 255, 9, 8, 64)),
                ModelBuilder.integer("transB", 1));
    String second =
        graph.builder().add("Gemm", "h", List.of(product, weight("h.w", UINT8, 0, 255, 9, 8, 6)));
    String third =
        graph.builder().add("MatMul", "m", List.of(second, weight("m.w", UINT8, 0, 255, 9, 6, 5)));
    OnnxModel model =
        graph.build(
            graph.builder().add("Add", "s", List.of(third, weight("s.w", UINT8, 0, 255, 9, 5))));

    Repairs.runTwice(pass, model);

    assertThat(axis(model, "g.w", 8)).isZero();
    assertThat(axis(model, "h.w", 6)).isEqualTo(1);
    assertThat(axis(model, "m.w", 5)).isEqualTo(1);
    assertThat(Repairs.quantizer(model, "s.w").singleScale()).isPresent();
    assertThat(OnnxRuntimeOracle.run(model, SAMPLE)).hasSize(5);
  }

  private long axis(OnnxModel model, String node, int count) {
    Quantizer quantizer = Repairs.quantizer(model, node);
    assertThat(quantizer.scale().orElseThrow().shape()).isEqualTo(Shape.of(count));
    return quantizer.node().integer("axis", -9);
  }

  @Test
  void run_readersOfSeveralAxes_haveOneScale() {
    String weight = weight("w", UINT8, 0, 255, 9, 4, 4);
    String first = graph.builder().add("MatMul", "m", List.of(x, weight));
    String flat = graph.builder().constant("shape", Tensor.ofLongs(Shape.of(2), -1, 4));
    String rows = graph.builder().add("Reshape", "f", List.of(first, flat));
    OnnxModel model =
        graph.build(
            graph
                .builder()
                .add("Gemm", "g", List.of(rows, weight), ModelBuilder.integer("transB", 1)));

    Repairs.runTwice(pass, model);

    assertThat(Repairs.quantizer(model, "w").singleScale()).isPresent();
    assertThat(OnnxRuntimeOracle.run(model, SAMPLE)).hasSize(64);
  }

  @Test
  void run_transposedConvolution_hasOneScale() {
    String weight = weight("w", UINT8, 0, 255, 9, 4, 4, 1, 1);
    OnnxModel model = graph.build(graph.builder().add("ConvTranspose", "k", List.of(x, weight)));

    Repairs.runTwice(pass, model);

    assertThat(Repairs.quantizer(model, "w").singleScale()).isPresent();
    assertThat(Repairs.quantizer(model, "w").node().hasAttribute("axis")).isFalse();
  }

  @Test
  void run_oneConstantReadTwice_isStoredOnce() {
    String left = weight("w", UINT8, 0, 255, 9, 4, 4, 1, 1);
    String right = graph.dequantize("v", "w.codes", 0.004f, UINT8, 9);
    String first = graph.conv("k", 1, x, left);
    OnnxModel model = graph.build(graph.conv("l", 1, first, right));

    assertThat(Repairs.runTwice(pass, model)).hasSize(2);

    assertThat(Repairs.quantizer(model, "v").data()).isSameAs(Repairs.quantizer(model, "w").data());
  }

  @Test
  void run_symmetricWeightsAndBiases_areLeftAlone() {
    String weight = graph.weight("w", 0, 4, 4, 1, 1);
    String bias = graph.bias("b", new int[] {1, 2, 3, 4}, 1, 1, 1, 1);

    assertThat(Repairs.runTwice(pass, graph.build(graph.conv("k", 1, x, weight, bias)))).isEmpty();
  }

  @Test
  void run_codesBeyondFloat_areRefused() {
    byte[] codes = {0, 9, 100, (byte) 255};
    graph.builder().constant("c", Tensor.ofBytes(UINT8, Shape.of(4), codes));
    String weight = graph.dequantize("w", "c", Float.MAX_VALUE, UINT8, 9);
    OnnxModel model = graph.build(graph.builder().sum("s", x, weight));

    Repairs.assertRefused(pass, model);
  }

  @Test
  void run_floatConstantWithinItsCodes_keepsTheScale() {
    graph.builder().weight("w", 4, 4, 1, 1);
    String weight = graph.pair("dq", "w", 1.5f / 2 / 127, UINT8, 128);
    OnnxModel model = graph.build(graph.conv("k", 1, x, weight));
    float[] before = OnnxRuntimeOracle.run(model, SAMPLE);

    List<Finding> findings = Repairs.runTwice(pass, model);

    assertThat(findings.get(0).remedy().text()).isEqualTo("zero point int8 0, the scale stays");
    assertThat(Repairs.quantizer(model, "dq.q").codeType()).isEqualTo(INT8);
    assertThat(OnnxRuntimeOracle.run(model, SAMPLE)).isEqualTo(before);
  }

  @Test
  void run_floatConstantBeyondItsCodes_isQuantizedPerChannel() {
    Tensor positive = Tensor.ofFloats(Shape.of(4, 1, 1, 1), 0.1f, 0.5f, 2, 2.55f);
    graph.builder().constant("w", positive);
    String weight = graph.pair("dq", "w", 0.01f, UINT8, 0);
    String flat =
        graph.builder().add("ReduceMean", "m", List.of(x), ModelBuilder.integers("axes", 1));
    OnnxModel model = graph.build(graph.conv("k", 1, flat, weight));

    Repairs.runTwice(pass, model);

    float[] scales = new float[4];
    Repairs.quantizer(model, "dq").scale().orElseThrow().floats().get(scales);
    assertThat(scales).containsExactly(0.1f / 127, 0.5f / 127, 2f / 127, 2.55f / 127);
    Node quantize = Repairs.node(model, "dq.q");
    assertThat(quantize.integer("axis", 1)).isZero();
    assertThat(OnnxRuntimeOracle.run(model, SAMPLE)).hasSize(64);
  }
}
