/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.quantize.AffineQuantizer;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WidenUnsignedCodes (R04), CenterUnsignedCodes (R06) and CenterSignedCodes (R07). */
class CenterCodesTest {
  private static final Tensor SAMPLE = ModelBuilder.random(3, 1, 1, 4, 4, 4);

  private final QdqGraph graph = new QdqGraph();
  private final String x = graph.input("x", 1, 4, 4, 4);

  private static RepairPass pass(ElementType type, int zeroPoint) {
    if (type == INT8) {
      return new CenterSignedCodes();
    }
    return zeroPoint == 0 ? new WidenUnsignedCodes() : new CenterUnsignedCodes();
  }

  // python3 -c "for z in (0,33,64,128,255): print(z, max(z,255-z)/127)"
  @ParameterizedTest
  @CsvSource({
    "UINT8, 0, 2.007874",
    "UINT8, 33, 1.748031",
    "UINT8, 64, 1.503937",
    "UINT8, 128, 1.007874",
    "UINT8, 255, 2.007874",
    "INT8, -128, 2.007874",
    "INT8, -7, 1.055118",
    "INT8, 5, 1.047244",
    "INT8, 127, 2.007874"
  })
  void run_oneActivation_coversItsRange(ElementType type, int zeroPoint, float factor) {
    String other = graph.pair("o", graph.builder().relu("r", x), 1, UINT8, 9);
    graph.builder().output(other);
    OnnxModel model = graph.build(graph.pair("a", x, 0.02f, type, zeroPoint));

    List<Finding> findings = Repairs.runTwice(pass(type, zeroPoint), model);

    assertThat(findings)
        .filteredOn(finding -> finding.site().tensor().equals("x"))
        .singleElement()
        .extracting(finding -> finding.remedy().text())
        .asString()
        .endsWith("zero point int8 0")
        .doesNotContain("observed");
    for (String node : List.of("a.q", "a")) {
      Quantizer quantizer = Repairs.quantizer(model, node);
      assertThat(quantizer.singleScale().orElseThrow()).isEqualTo(0.02f * factor, within(1e-7f));
      assertThat(quantizer.singleZeroPoint()).contains(0);
      assertThat(quantizer.codeType()).isEqualTo(INT8);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void covering_randomParameters_nothingInTheOldRangeSaturates(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean isUnsigned = random.nextBoolean();
    int lowest = isUnsigned ? 0 : -128;
    float scale = (float) Math.exp(random.nextDouble(-12, 6));
    int zeroPoint = lowest + random.nextInt(256);
    String quantized = graph.pair("a", x, scale, isUnsigned ? UINT8 : INT8, zeroPoint);
    AffineActivation activation = AffineActivation.of(graph.build(quantized).graph()).get(0);

    float wider = CoveringScales.covering(activation);

    float[] values = new float[1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble(lowest - zeroPoint, lowest + 255 - zeroPoint) * scale);
    }
    values[0] = (lowest - zeroPoint) * scale;
    values[1] = (lowest + 255 - zeroPoint) * scale;
    float[] results = new float[values.length];
    AffineQuantizer.of(QuantizationParameters.perTensor(wider, 0), -127, 127)
        .fakeQuantize(FloatBuffer.wrap(values), Shape.of(1000), FloatBuffer.wrap(results));
    for (int i = 0; i < values.length; i++) {
      assertThat((double) results[i])
          .as("seed %s, scale %s, zero point %s", seed, scale, zeroPoint)
          .isEqualTo(values[i], within(wider * 0.50001));
    }
  }

  @Test
  void run_genuineAsymmetricModel_staysWithinTheLoss() {
    String first = graph.pair("a", x, 2f / 255, UINT8, 127);
    String relu = graph.builder().relu("r", graph.int8Conv("k", first, 4, 4, 3));
    String second = graph.pair("b", relu, 0.016f, UINT8, 0);
    String third = graph.pair("c", graph.int8Conv("l", second, 4, 4, 1), 0.03f, UINT8, 140);
    OnnxModel model = graph.build(third);
    float[] before = OnnxRuntimeOracle.run(model, SAMPLE);

    assertThat(Repairs.runTwice(new ReadCodesAsSigned(), model)).isEmpty();
    assertThat(Repairs.runTwice(new WidenUnsignedCodes(), model)).hasSize(1);
    assertThat(Repairs.runTwice(new ReadCodesAsSigned(), model)).isEmpty();
    assertThat(Repairs.runTwice(new CenterUnsignedCodes(), model)).hasSize(2);

    float[] after = OnnxRuntimeOracle.run(model, SAMPLE);
    float step = Numbers.scale(model, "c");
    for (int i = 0; i < after.length; i++) {
      assertThat(after[i]).isEqualTo(before[i], within(3 * step));
    }
    assertThat(Census.of(model.graph()))
        .hasToString("DequantizeLinear int8 5, QuantizeLinear int8 3");
  }

  /** Tools for asymmetric codes drop a Relu before codes from 0, which do its work. */
  @ParameterizedTest
  @CsvSource({"UINT8, 0, 130", "INT8, -128, 2"})
  void run_codesFromZeroOnAConvolution_haveTheReluBack(ElementType type, int zero, int input) {
    String first = graph.pair("a", x, 0.01f, type, input);
    OnnxModel model =
        graph.build(graph.pair("b", graph.int8Conv("k", first, 4, 4, 1), 0.001f, type, zero));
    float[] before = OnnxRuntimeOracle.run(model, SAMPLE);

    List<Finding> findings = Repairs.runTwice(pass(type, zero), model);

    assertThat(findings).hasSizeGreaterThanOrEqualTo(1);
    assertThat(findings)
        .filteredOn(finding -> finding.site().tensor().equals("k"))
        .singleElement()
        .matches(finding -> finding.remedy().text().contains("a Relu before it"));
    assertThat(Repairs.operators(model)).contains("Conv Relu QuantizeLinear");
    float[] after = OnnxRuntimeOracle.run(model, SAMPLE);
    for (int i = 0; i < after.length; i++) {
      assertThat(after[i]).isNotNegative().isEqualTo(before[i], within(0.02f));
    }
  }

  @ParameterizedTest
  @CsvSource({"UINT8, 0, 130", "INT8, -128, 2"})
  void floatForm_codesFromZeroOnAConvolution_hasTheReluBack(ElementType type, int zero, int input) {
    String first = graph.pair("a", x, 0.01f, type, input);
    OnnxModel model =
        graph.build(graph.pair("b", graph.int8Conv("k", first, 4, 4, 1), 0.02f, type, zero));

    float[] floats = OnnxRuntimeOracle.run(QdqRepair.floatForm(model).model(), SAMPLE);

    float[] quantized = OnnxRuntimeOracle.run(model, SAMPLE);
    for (int i = 0; i < floats.length; i++) {
      assertThat(floats[i]).isNotNegative().isEqualTo(quantized[i], within(0.03f));
    }
  }

  @ParameterizedTest
  @CsvSource({"UINT8, 0, 130", "INT8, -128, 2"})
  void floatForm_codesThatDoTheWorkOfAClip_staysWithinThem(ElementType type, int zero, int input) {
    String first = graph.pair("a", x, 0.01f, type, input);
    OnnxModel model =
        graph.build(graph.pair("b", graph.int8Conv("k", first, 4, 4, 1), 0.0001f, type, zero));

    float[] floats = OnnxRuntimeOracle.run(QdqRepair.floatForm(model).model(), SAMPLE);

    assertThat(floats).contains(0f, 255 * 0.0001f);
    for (float value : floats) {
      assertThat(value).isBetween(0f, 255 * 0.0001f);
    }
  }

  @Test
  void run_codesFromZeroOnAPoolOfSuch_needNoReluOfTheirOwn() {
    String first = graph.pair("a", graph.int8Conv("k", x, 4, 4, 1), 0.01f, INT8, -128);
    String second = graph.pair("b", graph.builder().maxPool("p", first), 0.01f, INT8, -128);

    OnnxModel model = graph.build(second);
    Repairs.runTwice(new CenterSignedCodes(), model);

    assertThat(Repairs.operators(model))
        .endsWith(
            "Conv Relu QuantizeLinear DequantizeLinear MaxPool QuantizeLinear DequantizeLinear");
  }

  @Test
  void run_equalPairs_stayEqual() {
    String sum = graph.pair("a", graph.builder().sum("s", x, x), 0.013f, UINT8, 44);
    String relu = graph.pair("b", graph.builder().relu("r", sum), 0.013f, UINT8, 44);
    OnnxModel model = graph.build(relu);

    Repairs.runTwice(new CenterUnsignedCodes(), model);

    assertThat(Numbers.scale(model, "b")).isEqualTo(Numbers.scale(model, "a.q"));
  }

  @ParameterizedTest
  @CsvSource({"UINT8, 0, R04", "UINT8, 3, R06", "INT8, 3, R07"})
  void run_codesThatAreAnInput_areRefused(ElementType type, int zeroPoint, String rule) {
    graph.builder().graph().addInput(ModelBuilder.value("codes", type == INT8 ? 3 : 2, 1, 4));
    OnnxModel model = graph.build(graph.dequantize("a", "codes", 0.1f, type, zeroPoint));

    List<Finding> findings = Repairs.runTwice(pass(type, zeroPoint), model);

    assertThat(findings).singleElement().matches(Finding::isRefused);
    assertThat(findings.get(0).defect().id()).isEqualTo(rule);
    assertThat(findings.get(0).remedy().text()).contains("an input of the model");
  }

  @Test
  void run_symmetricInt8CodesAtInputAndOutput_areFine() {
    graph.builder().graph().addInput(ModelBuilder.value("codes", 3, 1, 4, 4, 4));
    String values = graph.dequantize("a", "codes", 0.1f, INT8, 0);
    String codes = graph.quantize("b", graph.int8Conv("k", values, 4, 4, 1), 0.1f, INT8, 0);
    graph.builder().output(codes, INT8);
    OnnxModel model = graph.build();

    for (RepairPass pass : RepairPasses.numbers()) {
      assertThat(Repairs.runTwice(pass, model)).isEmpty();
    }
  }

  @Test
  void run_codesOfAnotherOperator_areRefused() {
    String codes = graph.quantize("q", x, 0.1f, INT8, 5);
    String moved = graph.builder().add("Flatten", "f", List.of(codes));
    OnnxModel model = graph.build(graph.dequantize("a", moved, 0.1f, INT8, 5));

    List<Finding> findings = Repairs.runTwice(new CenterSignedCodes(), model);

    assertThat(findings).hasSize(2).allMatch(Finding::isRefused);
    assertThat(findings).extracting(finding -> finding.site().node()).containsExactly("a", "q");
  }

  @Test
  void run_codesNothingReads_arePassedOver() {
    graph.quantize("q", x, 0.1f, INT8, 5);
    OnnxModel model = graph.build(graph.builder().relu("r", x));

    assertThat(Repairs.runTwice(new CenterSignedCodes(), model)).isEmpty();
  }

  @Test
  void covering_scaleNearTheLargestFloat_staysFinite() {
    graph.pair("a", x, Float.MAX_VALUE, UINT8, 3);
    AffineActivation activation = AffineActivation.of(graph.build("a").graph()).get(0);

    assertThat(CoveringScales.covering(activation)).isEqualTo(Float.MAX_VALUE);
  }
}
