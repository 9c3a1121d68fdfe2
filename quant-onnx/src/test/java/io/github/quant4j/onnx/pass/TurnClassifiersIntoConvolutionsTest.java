/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TurnClassifiersIntoConvolutionsTest {
  private static final int CHANNELS = 6;
  private static final int CLASSES = 5;
  private static final Tensor INPUT = ModelBuilder.random(1, 1.0, 3, CHANNELS, 4, 4);

  private final TurnClassifiersIntoConvolutions pass = new TurnClassifiersIntoConvolutions();
  private final ModelBuilder builder = ModelBuilder.create();
  private final String pooled =
      builder.add("GlobalAveragePool", "pool", List.of(builder.input("x", "n", CHANNELS, 4, 4)));

  private OnnxModel classifier(String flat, long transB, String biasShape) {
    List<String> inputs = new ArrayList<>(List.of(flat, "B"));
    builder.weight(
        "B", transB == 0 ? new long[] {CHANNELS, CLASSES} : new long[] {CLASSES, CHANNELS});
    if (!biasShape.isEmpty()) {
      builder.weight(
          "C", List.of(biasShape.split(",")).stream().mapToLong(Long::parseLong).toArray());
      inputs.add("C");
    }
    builder.add("Gemm", "y", inputs, ModelBuilder.integer("transB", transB));
    return builder.output("y").build();
  }

  private String flat() {
    return builder.add("Flatten", "flat", List.of(pooled));
  }

  private static List<String> operators(OnnxModel model) {
    return model.graph().nodes().stream().map(Node::opType).toList();
  }

  @ParameterizedTest
  @CsvSource({"0, '5'", "1, '5'", "1, '1,5'", "0, '1'", "1, ''"})
  void run_classifierBehindAPool_isAConvolutionOfTheSameResult(long transB, String biasShape) {
    OnnxModel model = classifier(flat(), transB, biasShape);
    float[] expected = OnnxRuntimeOracle.run(model, INPUT);

    assertThat(pass.run(model)).isTrue();

    assertThat(operators(model)).containsExactly("GlobalAveragePool", "Conv", "Flatten");
    assertThat(OnnxRuntimeOracle.run(model, INPUT)).containsExactly(expected, Offset.offset(1e-6f));
  }

  @ParameterizedTest
  @CsvSource({"Squeeze, 2, 3", "Reshape, 0, -1"})
  void run_reshapeOrSqueeze_isFlattenedAndItsSizesGo(String operator, long first, long second) {
    builder.longs("sizes", first, second);
    OnnxModel model = classifier(builder.add(operator, "flat", List.of(pooled, "sizes")), 1, "5");
    float[] expected = OnnxRuntimeOracle.run(model, INPUT);

    assertThat(pass.run(model)).isTrue();
    assertThat(model.graph().value("sizes")).isEmpty();
    assertThat(OnnxRuntimeOracle.run(model, INPUT)).containsExactly(expected, Offset.offset(1e-6f));
  }

  @Test
  void run_names_staySoThatNodesAndOutputsAreFoundAgain() {
    OnnxModel model = classifier(flat(), 1, "5");

    pass.run(model);

    Node convolution = model.graph().nodes().get(1);
    assertThat(convolution.name()).isEqualTo("y");
    assertThat(convolution.hasAttribute("transB")).isFalse();
    assertThat(model.graph().nodes().get(2).name()).isEqualTo("flat");
    assertThat(model.graph().outputs().get(0).name()).isEqualTo("y");
  }

  @Test
  void run_secondTime_changesNothing() {
    OnnxModel model = classifier(flat(), 1, "5");
    pass.run(model);

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void run_otherReaderOfTheFeatures_leavesTheGemm() {
    String flat = flat();
    builder.output(builder.add("Relu", "features", List.of(flat)));

    assertThat(pass.run(classifier(flat, 1, "5"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"3,5", "5,1"})
  void run_biasPerSample_leavesTheGemm(String biasShape) {
    assertThat(pass.run(classifier(flat(), 1, biasShape))).isFalse();
  }

  @Test
  void run_gemmBehindAnotherOperator_isLeft() {
    String relu = builder.add("Relu", "r", List.of(flat()));

    assertThat(pass.run(classifier(relu, 1, "5"))).isFalse();
  }
}
