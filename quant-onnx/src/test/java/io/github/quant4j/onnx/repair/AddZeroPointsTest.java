/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AddZeroPointsTest {
  private static final Tensor INPUT = ModelBuilder.random(1, 3, 1, 2, 4, 4);

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private final AddZeroPoints pass = new AddZeroPoints();

  @Test
  void run_everyPairComplete_changesNothing() {
    OnnxModel model = builder.output(graph.pair("y", graph.input("x", 4), 0.01f)).build();

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
  }

  @Test
  void run_pairWithoutZeroPoints_getsUint8AsOnnxReadsIt() {
    quantize();
    builder.add("DequantizeLinear", "y", List.of("q", "s"));
    OnnxModel model = builder.output("y").build();

    assertThat(keepsResults(model))
        .extracting(Finding::toString)
        .containsExactly(
            "R22 error at node \"q\", tensor \"x\": 2 nodes of one tensor have no zero point;"
                + " none -> zero point uint8 0");
    assertThat(zeroPoint(model, "q").elementType()).isEqualTo(UINT8);
    assertThat(zeroPoint(model, "y").elementType()).isEqualTo(UINT8);
    assertThat(zeroPoint(model, "y").shape()).isEqualTo(Shape.of());
  }

  @Test
  void run_dequantizeLinearOfInt8Codes_getsInt8() {
    graph.quantize("q", graph.input("x", 1, 2, 4, 4), 0.02f, INT8, 0);
    builder.add("DequantizeLinear", "y", List.of("q", "q.scale"));
    OnnxModel model = builder.output("y").build();

    assertThat(keepsResults(model)).hasSize(1);
    assertThat(zeroPoint(model, "y").elementType()).isEqualTo(INT8);
  }

  /** ONNX Runtime refuses int8 beside the uint8 codes of a QuantizeLinear without zero point. */
  @Test
  void run_dequantizeLinearWithAZeroPoint_tellsTheType() {
    quantize();
    graph.dequantize("y", "q", 0.02f, INT8, 0);
    OnnxModel model = builder.output("y").build();

    assertThat(Repairs.runTwice(pass, model))
        .extracting(Finding::found)
        .containsExactly("QuantizeLinear has no zero point");
    assertThat(zeroPoint(model, "q").elementType()).isEqualTo(INT8);
    assertThat(OnnxRuntimeOracle.run(model, INPUT)).isNotEmpty();
  }

  @Test
  void run_typeInAnAttribute_isThatOfTheZeroPoint() {
    quantize(ModelBuilder.integer("output_dtype", INT8.onnxCode()));
    builder.add("DequantizeLinear", "y", List.of("q", "s"));
    OnnxModel model = builder.opset(21).irVersion(10).output("y").build();

    assertThat(keepsResults(model)).hasSize(1);
    assertThat(zeroPoint(model, "q").elementType()).isEqualTo(INT8);
    assertThat(Repairs.node(model, "q").hasAttribute("output_dtype")).isFalse();
  }

  @Test
  void run_weightWithScalesPerChannel_getsZerosOfTheirNumber() {
    graph.weight("w", 0, 3, 2, 3, 3);
    builder.add(
        "DequantizeLinear", "v", List.of("w.codes", "w.scale"), ModelBuilder.integer("axis", 0));
    OnnxModel model = builder.output(graph.conv("y", 3, graph.input("x", 1, 2, 4, 4), "v")).build();

    assertThat(keepsResults(model)).hasSize(1);
    assertThat(zeroPoint(model, "v").elementType()).isEqualTo(INT8);
    assertThat(zeroPoint(model, "v").shape()).isEqualTo(Shape.of(3));
  }

  /** As uint8, half of the weight would be cut off; rounding is to steps of 0.01. */
  @Test
  void run_floatWeightWithNegativeValues_getsInt8() {
    quantizeWeight(0.3f, -0.3f, -1, 1);
    OnnxModel model = builder.output("v").build();

    assertThat(Repairs.runTwice(pass, model)).hasSize(1);
    assertThat(zeroPoint(model, "v").elementType()).isEqualTo(INT8);
    assertThat(floats(OnnxRuntimeOracle.run(model, Map.of())))
        .containsExactly(new float[] {0.3f, -0.3f, -1, 1}, within(0.005f));
  }

  @Test
  void run_floatWeightWithoutNegativeValues_getsUint8() {
    quantizeWeight(0.3f, -0.004f, 0, 2.5f);
    OnnxModel model = builder.output("v").build();

    assertThat(Repairs.runTwice(pass, model)).hasSize(1);
    assertThat(zeroPoint(model, "v").elementType()).isEqualTo(UINT8);
  }

  private void quantizeWeight(float... values) {
    builder.constant("w", Tensor.ofFloats(Shape.of(values.length), values));
    builder.constant("s", Tensor.ofFloats(Shape.of(), 0.01f));
    builder.add("QuantizeLinear", "q", List.of("w", "s"));
    builder.add("DequantizeLinear", "v", List.of("q", "s"));
  }

  private static float[] floats(Map<String, Tensor> results) {
    float[] values = new float[4];
    results.values().iterator().next().floats().get(values);
    return values;
  }

  @Test
  void run_int32Bias_needsNone() {
    String bias = graph.bias("b", new int[] {1, 2, 3}, 1, 1, 1);

    assertThat(Repairs.runTwice(pass, builder.output(bias).build())).isEmpty();
  }

  @Test
  void run_codesOfUnknownType_areRefused() {
    graph.quantize("q", graph.input("x", 1, 2, 4, 4), 0.02f, INT8, 0);
    builder.maxPool("p", "q");
    builder.add("DequantizeLinear", "y", List.of("p", "q.scale"));

    assertThat(Repairs.runTwice(pass, builder.output("y").build()))
        .singleElement()
        .satisfies(finding -> assertThat(finding.isRefused()).isTrue());
  }

  @Test
  void run_computedScale_isLeftToOthers() {
    graph.input("x", 1, 2, 4, 4);
    graph.input("s");
    builder.add("QuantizeLinear", "y", List.of("x", "s"));

    assertThat(Repairs.runTwice(pass, builder.output("y", UINT8).build())).isEmpty();
  }

  private void quantize(AttributeProto... attributes) {
    graph.input("x", 1, 2, 4, 4);
    builder.constant("s", Tensor.ofFloats(Shape.of(), 0.02f));
    builder.add("QuantizeLinear", "q", List.of("x", "s"), attributes);
  }

  private List<Finding> keepsResults(OnnxModel model) {
    float[] before = OnnxRuntimeOracle.run(model, INPUT);
    List<Finding> findings = Repairs.runTwice(pass, model);
    assertThat(OnnxRuntimeOracle.run(model, INPUT)).isEqualTo(before);
    return findings;
  }

  private static Tensor zeroPoint(OnnxModel model, String node) {
    return Repairs.node(model, node).input(2).flatMap(Value::constant).orElseThrow();
  }
}
