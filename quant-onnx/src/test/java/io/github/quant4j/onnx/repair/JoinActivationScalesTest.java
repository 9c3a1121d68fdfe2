/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinActivationScalesTest {
  private static final float[] SCALES = {0.01f, 0.03f, 0.002f};

  @Test
  void run_symmetricScales_takesTheLargest() {
    OnnxModel model = model(ElementType.INT8, 0, 0, 0);

    List<Finding> findings = Repairs.runTwice(new JoinActivationScales(), model);

    assertThat(findings)
        .singleElement()
        .hasToString(
            "R20 error at node \"q\", tensor \"x\": 3 scales on an activation; one scale, 0.03");
    Quantizer quantize = Repairs.quantizer(model, "q");
    assertThat(quantize.singleScale()).contains(0.03f);
    assertThat(quantize.node().hasAttribute("axis")).isFalse();
    assertValuesInRangeAreKept(model, ElementType.INT8, 0, 0, 0);
  }

  @Test
  void run_zeroPoints_coverEveryChannel() {
    OnnxModel model = model(ElementType.UINT8, 3, 200, 255);

    Repairs.runTwice(new JoinActivationScales(), model);

    assertValuesInRangeAreKept(model, ElementType.UINT8, 3, 200, 255);
  }

  @Test
  void run_signedZeroPoints_coverEveryChannel() {
    OnnxModel model = model(ElementType.INT8, -128, 5, 127);

    Repairs.runTwice(new JoinActivationScales(), model);

    assertValuesInRangeAreKept(model, ElementType.INT8, -128, 5, 127);
  }

  @Test
  void run_unsignedFromZero_staysSo() {
    OnnxModel model = model(ElementType.UINT8, 0, 0, 0);

    Repairs.runTwice(new JoinActivationScales(), model);

    Quantizer quantize = Repairs.quantizer(model, "q");
    assertThat(quantize.codeType()).isEqualTo(ElementType.UINT8);
    assertThat(quantize.singleZeroPoint()).contains(0);
    assertThat(quantize.singleScale()).contains(0.03f);
  }

  @Test
  void run_oneScale_changesNothing() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 3, 4);

    assertThat(
            Repairs.runTwice(new JoinActivationScales(), graph.build(graph.pair("y", "x", 0.01f))))
        .isEmpty();
  }

  @Test
  void run_scalesOfAWeight_changesNothing() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 2, 4, 4);
    OnnxModel model = graph.build(graph.int8Conv("y", graph.pair("p", "x", 0.01f), 2, 3, 1));

    assertThat(Repairs.runTwice(new JoinActivationScales(), model)).isEmpty();
  }

  @Test
  void run_codesThatAreAnOutput_isRefused() {
    QdqGraph graph = graph(ElementType.INT8, 0, 0, 0);
    graph.builder().output("q", ElementType.INT8);

    Repairs.assertRefused(new JoinActivationScales(), graph.build());
  }

  @Test
  void run_readerOnAnotherAxis_isRefused() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 3, 3);
    parameters(graph, ElementType.INT8, 0, 0, 0);
    graph.builder().add("QuantizeLinear", "q", List.of("x", "s", "z"), axis(1));
    graph.builder().add("DequantizeLinear", "y", List.of("q", "s", "z"), axis(2));

    Repairs.assertRefused(new JoinActivationScales(), graph.build("y"));
  }

  /** Inside its old range every value must be off by half of the new scale at most. */
  private static void assertValuesInRangeAreKept(
      OnnxModel model, ElementType type, int... zeroPoints) {
    float scale = Repairs.quantizer(model, "q").singleScale().orElseThrow();
    int lowest = type == ElementType.INT8 ? -128 : 0;
    int steps = 64;
    float[] values = new float[3 * steps];
    for (int i = 0; i < values.length; i++) {
      int channel = i / steps;
      double code = lowest + 255.0 * (i % steps) / (steps - 1);
      values[i] = (float) ((code - zeroPoints[channel]) * SCALES[channel]);
    }
    float[] result = OnnxRuntimeOracle.run(model, Tensor.ofFloats(Shape.of(1, 3, steps), values));
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.abs(result[i] - values[i]))
          .as("value %s", values[i])
          .isLessThanOrEqualTo(scale * 0.5001f);
    }
  }

  private static OnnxModel model(ElementType type, int... zeroPoints) {
    return graph(type, zeroPoints).build("y");
  }

  private static QdqGraph graph(ElementType type, int... zeroPoints) {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 3, "n");
    parameters(graph, type, zeroPoints);
    graph.builder().add("QuantizeLinear", "q", List.of("x", "s", "z"), axis(1));
    graph.builder().add("DequantizeLinear", "y", List.of("q", "s", "z"), axis(1));
    return graph;
  }

  private static void parameters(QdqGraph graph, ElementType type, int... zeroPoints) {
    byte[] zeros = new byte[zeroPoints.length];
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = (byte) zeroPoints[i];
    }
    graph.builder().constant("s", Tensor.ofFloats(Shape.of(3), SCALES));
    graph.builder().constant("z", Tensor.ofBytes(type, Shape.of(3), zeros));
  }

  private static AttributeProto axis(long axis) {
    return ModelBuilder.integer("axis", axis);
  }
}
