/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT32;
import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlignZeroPointTypesTest {
  private static final Tensor INPUT = ModelBuilder.random(1, 1, 1, 2, 4, 4);
  private static final float SCALE = 0.01f;

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private final AlignZeroPointTypes pass = new AlignZeroPointTypes();

  /** ONNX Runtime refuses the model as it is: its result is that of the model written rightly. */
  @ParameterizedTest
  @CsvSource({
    "INT8, 0, UINT8, 0, 0",
    "INT8, -3, UINT8, 253, -3",
    "INT8, 0, INT32, 0, 0",
    "INT8, -128, INT32, -128, -128",
    "UINT8, 0, INT8, 0, 0",
    "UINT8, 253, INT8, -3, 253",
    "UINT8, 253, INT32, 253, 253"
  })
  void run_dequantizeLinearOfAnotherType_getsThatOfTheCodes(
      ElementType codes, int zeroPoint, ElementType written, int number, int expected) {
    graph.quantize("q", graph.input("x", 1, 2, 4, 4), SCALE, codes, zeroPoint);
    OnnxModel model = builder.output(dequantize("y", "q", written, number)).build();

    assertThat(Repairs.runTwice(pass, model))
        .extracting(Finding::toString)
        .containsExactly(
            "R23 error at node \"y\", tensor \"q\": zero point %s %s, codes %s; zero point %s %s -> %s %s"
                .formatted(written, number, codes, written, number, codes, expected));
    assertThat(OnnxRuntimeOracle.run(model, INPUT))
        .isEqualTo(OnnxRuntimeOracle.run(pairOf(codes, expected), INPUT));
  }

  @ParameterizedTest
  @CsvSource({"INT8, 0, INT32, 128", "UINT8, 4, INT8, -3", "UINT8, 0, INT32, -1"})
  void run_numberWithoutMeaning_isRefused(
      ElementType codes, int zeroPoint, ElementType written, int number) {
    graph.quantize("q", graph.input("x", 1, 2, 4, 4), SCALE, codes, zeroPoint);
    OnnxModel model = builder.output(dequantize("y", "q", written, number)).build();

    assertThat(Repairs.runTwice(pass, model))
        .singleElement()
        .satisfies(finding -> assertThat(finding.isRefused()).isTrue());
  }

  @ParameterizedTest
  @CsvSource({"0", "-7"})
  void run_int32OfAnActivation_isOneDefectOfThePair(int number) {
    graph.input("x", 1, 2, 4, 4);
    parameters("q", INT32, number);
    builder.add("QuantizeLinear", "q", List.of("x", "q.s", "q.z"));
    builder.graph().addValueInfo(ModelBuilder.value("q", INT32.onnxCode(), 1, 2, 4, 4));
    dequantize("y", "q", INT32, number);
    OnnxModel model = builder.output("y").build();

    assertThat(Repairs.runTwice(pass, model))
        .extracting(finding -> finding.site().node() + ": " + finding.remedy().text())
        .containsExactly("q: zero point int32 %s -> int8 %s".formatted(number, number));
    assertThat(OnnxRuntimeOracle.run(model, INPUT))
        .isEqualTo(OnnxRuntimeOracle.run(pairOf(INT8, number), INPUT));
  }

  @Test
  void run_int32BeyondInt8_isRefused() {
    graph.input("x", 1, 2, 4, 4);
    parameters("q", INT32, 200);
    builder.add("QuantizeLinear", "q", List.of("x", "q.s", "q.z"));

    assertThat(Repairs.runTwice(pass, builder.output("q", INT32).build()))
        .extracting(Finding::found)
        .containsExactly("zero point int32 200, codes int8");
  }

  @Test
  void run_weight_getsZerosOfItsType() {
    graph.weight("w", 0, 3, 2, 3, 3);
    builder.constant("z", Tensor.ofInts(Shape.of(3), 0, 0, 0));
    builder.add(
        "DequantizeLinear",
        "v",
        List.of("w.codes", "w.scale", "z"),
        ModelBuilder.integer("axis", 0));
    OnnxModel model = builder.output(graph.conv("y", 3, graph.input("x", 1, 2, 4, 4), "v")).build();

    assertThat(Repairs.runTwice(pass, model))
        .extracting(finding -> finding.remedy().text())
        .containsExactly("zero point int32 [0, 0, 0] -> int8 [0, 0, 0]");
    assertThat(OnnxRuntimeOracle.run(model, INPUT)).isNotEmpty();
  }

  @Test
  void run_attributeOfAnotherType_isWhatTheCodesAre() {
    graph.input("x", 1, 2, 4, 4);
    parameters("q", UINT8, 0);
    builder.add(
        "QuantizeLinear",
        "q",
        List.of("x", "q.s", "q.z"),
        ModelBuilder.integer("output_dtype", INT8.onnxCode()));
    OnnxModel model = builder.opset(21).irVersion(10).output(dequantize("y", "q", INT8, 0)).build();

    assertThat(Repairs.runTwice(pass, model)).hasSize(1);
    assertThat(OnnxRuntimeOracle.run(model, INPUT))
        .isEqualTo(OnnxRuntimeOracle.run(pairOf(INT8, 0), INPUT));
  }

  @Test
  void run_typesThatAgree_changesNothing() {
    builder.constant("codes", Tensor.ofInts(Shape.of(2), 1, 2));
    builder.output(dequantize("bias", "codes", INT32, 0));
    OnnxModel model = builder.output(graph.pair("y", graph.input("x", 4), SCALE, UINT8, 3)).build();

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
  }

  private String dequantize(String name, String codes, ElementType type, int zeroPoint) {
    parameters(name, type, zeroPoint);
    return builder.add("DequantizeLinear", name, List.of(codes, name + ".s", name + ".z"));
  }

  private void parameters(String name, ElementType type, int zeroPoint) {
    builder.constant(name + ".s", Tensor.ofFloats(Shape.of(), SCALE));
    builder.constant(
        name + ".z",
        type == INT32
            ? Tensor.ofInts(Shape.of(), zeroPoint)
            : Tensor.ofBytes(type, Shape.of(), (byte) zeroPoint));
  }

  private static OnnxModel pairOf(ElementType type, int zeroPoint) {
    QdqGraph right = new QdqGraph();
    right.pair("y", right.input("x", 1, 2, 4, 4), SCALE, type, zeroPoint);
    return right.builder().output("y").build();
  }
}
