/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefuseUnsupportedCodesTest {
  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder().opset(21);
  private final RefuseUnsupportedCodes pass = new RefuseUnsupportedCodes();

  @ParameterizedTest
  @EnumSource(names = {"INT16", "UINT16", "INT4", "UINT4", "FLOAT8E4M3FN", "FLOAT8E5M2"})
  void run_activationOfAnotherType_isRefusedOnceForAllReaders(ElementType type) {
    graph.input("x", 4);
    builder.constant("s", Tensor.ofFloats(Shape.of(), 0.01f));
    builder.constant(
        "z", Tensor.of(type, Shape.of(), ByteBuffer.allocate((type.bitWidth() + 7) / 8)));
    builder.add("QuantizeLinear", "q", List.of("x", "s", "z"));
    builder.add("DequantizeLinear", "a", List.of("q", "s", "z"));
    builder.add("DequantizeLinear", "b", List.of("q", "s", "z"));
    OnnxModel model = builder.output("a").output("b").build();

    assertThat(Repairs.runTwice(pass, model))
        .extracting(Finding::toString)
        .containsExactly(
            "R29 error at node \"q\", tensor \"x\": the codes of an activation are "
                + type
                + "; TensorRT has INT8 kernels for int8 alone; quantize the float model to int8");
  }

  @Test
  void run_typeInAnAttribute_isRead() {
    graph.input("x", 4);
    builder.constant("s", Tensor.ofFloats(Shape.of(), 0.01f));
    builder.add(
        "QuantizeLinear",
        "q",
        List.of("x", "s"),
        ModelBuilder.integer("output_dtype", ElementType.INT16.onnxCode()));
    OnnxModel model = builder.output("q", ElementType.INT16).build();

    assertThat(Repairs.runTwice(pass, model))
        .extracting(Finding::found)
        .containsExactly("the codes of an activation are int16");
  }

  @Test
  void run_weightOfFourBits_isRefusedAsAWeight() {
    builder.constant("codes", Tensor.of(ElementType.INT4, Shape.of(2), ByteBuffer.allocate(1)));
    builder.constant("s", Tensor.ofFloats(Shape.of(), 0.01f));
    builder.add("DequantizeLinear", "y", List.of("codes", "s"));

    assertThat(Repairs.runTwice(pass, builder.output("y").build()))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.isRefused()).isTrue();
              assertThat(finding.found()).isEqualTo("the codes of a weight are int4");
              assertThat(finding.remedy().text()).contains("a format for weights only is no INT8");
            });
  }

  @Test
  void run_codesOfEightBitsAndInt32Biases_areFine() {
    String x = graph.pair("x.dq", graph.input("x", 1, 2, 5, 5), 0.01f, ElementType.UINT8, 3);
    String bias = graph.bias("b", new int[] {1, 2, 3}, 1, 1, 1);
    OnnxModel model =
        builder.output(graph.conv("y", 3, x, graph.weight("w", 0, 3, 2, 3, 3), bias)).build();

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
  }
}
