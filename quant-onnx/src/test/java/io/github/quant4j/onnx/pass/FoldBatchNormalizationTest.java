/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FoldBatchNormalizationTest {
  private static final Tensor INPUT = ModelBuilder.random(1, 1, 2, 4, 5, 5);

  private final FoldBatchNormalization pass = new FoldBatchNormalization();

  @ParameterizedTest
  @CsvSource({"true, 1", "false, 1", "true, 2", "false, 4"})
  void run_convolutionAndNormalization_keepsTheFunction(boolean hasBias, int groups) {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    int channels = 6 * groups;
    builder.weight("c.W", channels, 4 / groups, 3, 3);
    builder.weight("c.b", channels);
    List<String> inputs = hasBias ? List.of(x, "c.W", "c.b") : List.of(x, "c.W");
    builder.add("Conv", "c", inputs, ModelBuilder.integer("group", groups));
    OnnxModel model = builder.output(builder.batchNormalization("bn", "c", channels)).build();
    float[] expected = OnnxRuntimeOracle.run(model, INPUT);

    boolean modified = pass.run(model);

    assertThat(modified).isTrue();
    assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("Conv");
    assertThat(OnnxRuntimeOracle.run(model, INPUT)).containsExactly(expected, Offset.offset(2e-5f));
  }

  @Test
  void run_foldedConvolution_writesTheNameOfTheNormalization() {
    OnnxModel model = convolutionAndNormalization().build();

    pass.run(model);

    assertThat(model.graph().nodes().get(0).output().name()).isEqualTo("bn");
    assertThat(model.graph().value("c")).isEmpty();
  }

  @Test
  void run_twoConvolutionsOnOneWeight_foldsEachIntoACopyOfItsOwn() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    builder.weight("W", 4, 4, 3, 3);
    builder.convOf("c1", x, "W");
    builder.convOf("c2", x, "W");
    builder.batchNormalization("bn1", "c1", 4);
    builder.batchNormalization("bn2", "c2", 4);
    OnnxModel model = builder.output(builder.sum("y", "bn1", "bn2")).build();
    float[] expected = OnnxRuntimeOracle.run(model, INPUT);

    pass.run(model);

    assertThat(model.graph().nodes())
        .extracting(Node::opType)
        .containsExactly("Conv", "Conv", "Add");
    assertThat(OnnxRuntimeOracle.run(model, INPUT)).containsExactly(expected, Offset.offset(2e-5f));
  }

  @Test
  void run_weightReadAsAnOutputToo_leavesTheOutputAsItWas() {
    ModelBuilder builder = convolutionAndNormalization();
    OnnxModel model = builder.output("c.W").build();
    Tensor before = model.graph().value("c.W").flatMap(Value::constant).orElseThrow();

    pass.run(model);

    Tensor after = model.graph().value("c.W").flatMap(Value::constant).orElseThrow();
    assertThat(after.bytes()).isEqualTo(before.bytes());
  }

  @Test
  void run_secondTime_changesNothing() {
    OnnxModel model = convolutionAndNormalization().build();
    pass.run(model);
    byte[] once = model.toByteArray();

    assertThat(pass.run(model)).isFalse();
    assertThat(model.toByteArray()).isEqualTo(once);
  }

  @Test
  void run_convolutionWithAnotherReader_isLeftAlone() {
    ModelBuilder builder = convolutionAndNormalization();
    OnnxModel model = builder.output(builder.relu("r", "c")).build();

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void run_convolutionThatIsAnOutput_isLeftAlone() {
    assertThat(pass.run(convolutionAndNormalization().output("c").build())).isFalse();
  }

  @Test
  void run_normalizationInTrainingMode_isLeftAlone() {
    ModelBuilder builder = convolutionAndNormalization();
    builder.graph().getNodeBuilder(1).addAttribute(ModelBuilder.integer("training_mode", 1));

    assertThat(pass.run(builder.build())).isFalse();
  }

  @Test
  void run_normalizationAfterAnAdd_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    builder.batchNormalization("bn", builder.sum("s", x, x), 4);

    assertThat(pass.run(builder.output("bn").build())).isFalse();
  }

  @Test
  void run_computedWeight_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    String w = builder.input("w", 4, 4, 3, 3);
    builder.convOf("c", x, w);
    OnnxModel model = builder.output(builder.batchNormalization("bn", "c", 4)).build();

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void run_parametersThatDoNotFitTheChannels_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    builder.conv("c", x, 4, 4, 3);
    OnnxModel model = builder.output(builder.batchNormalization("bn", "c", 3)).build();

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void run_epsilonAttribute_isUsed() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", 1, 1, 1, 1);
    builder.constant("W", Tensor.ofFloats(Shape.of(1, 1, 1, 1), 6));
    builder.convOf("c", x, "W");
    for (String zero : List.of("beta", "mean", "variance")) {
      builder.constant(zero, Tensor.ofFloats(Shape.of(1), 0));
    }
    builder.constant("gamma", Tensor.ofFloats(Shape.of(1), 1));
    builder.add(
        "BatchNormalization",
        "bn",
        List.of("c", "gamma", "beta", "mean", "variance"),
        ModelBuilder.real("epsilon", 4));
    OnnxModel model = builder.output("bn").build();

    pass.run(model);

    Tensor weight = model.graph().value("W").flatMap(Value::constant).orElseThrow();
    assertThat(weight.floats().get(0)).isEqualTo(3); // 6 / sqrt(0 + 4)
  }

  private static ModelBuilder convolutionAndNormalization() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    builder.conv("c", x, 4, 4, 3);
    return builder.output(builder.batchNormalization("bn", "c", 4));
  }
}
