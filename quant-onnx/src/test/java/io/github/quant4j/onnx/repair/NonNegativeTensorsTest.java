/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NonNegativeTensorsTest {
  private final QdqGraph quantized = new QdqGraph();
  private final ModelBuilder builder = quantized.builder();
  private final String x = quantized.input("x", 1, 4, 4, 4);

  private boolean contains(String tensor) {
    Graph graph = quantized.build(tensor).graph();
    return NonNegativeTensors.of(graph).contains(graph.value(tensor).orElseThrow());
  }

  private boolean isOfOperators(String tensor) {
    Graph graph = quantized.build(tensor).graph();
    return NonNegativeTensors.ofOperators(graph).contains(graph.value(tensor).orElseThrow());
  }

  private String scalar(String name, float value) {
    return builder.constant(name, Tensor.ofFloats(Shape.of(), value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Relu", "Sigmoid", "HardSigmoid", "Softmax", "Abs", "Exp", "Sqrt", "Softplus"})
  void contains_resultOfANonNegativeFunction_isTrue(String function) {
    assertThat(contains(builder.add(function, "f", List.of(x)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Tanh", "LeakyRelu", "Identity", "GlobalAveragePool", "Neg"})
  void contains_resultOfAnInput_isFalse(String function) {
    assertThat(contains(builder.add(function, "f", List.of(x)))).isFalse();
  }

  @Test
  void contains_clip_dependsOnItsBounds() {
    String six = scalar("six", 6);

    assertThat(contains(builder.add("Clip", "a", List.of(x, scalar("zero", 0), six)))).isTrue();
    assertThat(contains(builder.add("Clip", "b", List.of(x, scalar("minus", -1), six)))).isFalse();
    assertThat(contains(builder.add("Clip", "c", List.of(x, "", six)))).isFalse();
    assertThat(contains(builder.add("Clip", "d", List.of(x, "zero", "minus")))).isFalse();
    assertThat(
            contains(
                builder.add(
                    "Clip",
                    "e",
                    List.of(x),
                    ModelBuilder.real("min", 0),
                    ModelBuilder.real("max", 6))))
        .isTrue();
  }

  @Test
  void contains_movedPooledAndJoinedRelu_isTrue() {
    String relu = builder.relu("r", x);
    String pooled = builder.maxPool("p", relu);
    String mean = builder.add("GlobalAveragePool", "g", List.of(pooled));
    String joined =
        builder.add("Concat", "c", List.of(mean, mean), ModelBuilder.integer("axis", 1));

    assertThat(contains(builder.add("Flatten", "f", List.of(joined)))).isTrue();
  }

  @Test
  void contains_sum_needsAllOperands() {
    String relu = builder.relu("r", x);

    assertThat(contains(builder.sum("both", relu, relu))).isTrue();
    assertThat(contains(builder.sum("one", relu, x))).isFalse();
    assertThat(contains(builder.add("Max", "max", List.of(relu, x)))).isTrue();
    assertThat(contains(builder.add("Mul", "half", List.of(relu, scalar("h", 0.5f))))).isTrue();
    assertThat(contains(builder.add("Mul", "minus", List.of(relu, scalar("m", -1))))).isFalse();
  }

  @Test
  void contains_pad_dependsOnWhatItAdds() {
    String relu = builder.relu("r", x);
    String pads = builder.longs("pads", 0, 0, 1, 1, 0, 0, 1, 1);

    assertThat(contains(builder.add("Pad", "zero", List.of(relu, pads)))).isTrue();
    assertThat(contains(builder.add("Pad", "minus", List.of(relu, pads, scalar("v", -1)))))
        .isFalse();
  }

  @Test
  void contains_pair_keepsTheSign() {
    String relu = builder.relu("r", x);

    assertThat(isOfOperators(quantized.pair("a", relu, 0.1f, UINT8, 172))).isTrue();
    assertThat(isOfOperators(quantized.pair("b", x, 0.1f, UINT8, 172))).isFalse();
  }

  @Test
  void contains_pairFromTheSmallestCode_dependsOnTrustForUint8() {
    assertThat(contains(quantized.pair("a", x, 0.1f, UINT8, 0))).isTrue();
    assertThat(isOfOperators("a")).isFalse();
    assertThat(isOfOperators(quantized.pair("b", x, 0.1f, INT8, -128))).isTrue();
  }

  @Test
  void contains_operatorOfAnotherDomain_isFalse() {
    builder.add("Relu", "f", List.of(x));
    builder.graph().getNodeBuilder(builder.graph().getNodeCount() - 1).setDomain("custom");

    assertThat(contains("f")).isFalse();
  }
}
