/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FoldLeadingBatchNormalizationTest {
  private static final double TOLERANCE = 3e-6;
  private static final Map<String, Tensor> INPUT =
      Map.of("x", ModelBuilder.random(1, 1, 2, 4, 5, 5));

  private final FoldLeadingBatchNormalization pass = new FoldLeadingBatchNormalization();

  @ParameterizedTest
  @CsvSource({"1, true", "1, false", "2, true", "4, false"})
  void run_convolutionWithoutPadding_keepsTheFunction(int groups, boolean hasBias) {
    OnnxModel model = beforeConvolution(groups, hasBias).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, INPUT, TOLERANCE);

    assertThat(PassEffect.operators(model)).containsExactly("Conv");
    assertThat(model.graph().value("bn")).isEmpty();
  }

  @Test
  void run_twoInARow_areBothFolded() {
    ModelBuilder builder = ModelBuilder.create();
    builder.batchNormalization("bn1", builder.input("x", "n", 4, 5, 5), 4);
    builder.batchNormalization("bn2", "bn1", 4);
    builder.weight("W", 6, 4, 3, 3);
    OnnxModel model = builder.output(builder.convOf("y", "bn2", "W")).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, INPUT, TOLERANCE);

    assertThat(PassEffect.operators(model)).containsExactly("Conv");
  }

  @Test
  void run_paddingOfZeroOrValid_isFolded() {
    assertThat(pass.run(with(ModelBuilder.integers("pads", 0, 0, 0, 0)))).isTrue();
    assertThat(pass.run(with(ModelBuilder.text("auto_pad", "VALID")))).isTrue();
    assertThat(pass.run(with(ModelBuilder.text("auto_pad", "NOTSET")))).isTrue();
  }

  @Test
  void run_convolutionWithPadding_isLeftAlone() {
    assertThat(pass.run(with(ModelBuilder.integers("pads", 0, 0, 0, 1)))).isFalse();
    assertThat(pass.run(with(ModelBuilder.text("auto_pad", "SAME_UPPER")))).isFalse();
  }

  @Test
  void run_normalizationWithAnotherReader_isLeftAlone() {
    ModelBuilder builder = beforeConvolution(1, true);

    assertThat(pass.run(builder.output(builder.relu("r", "bn")).build())).isFalse();
  }

  @Test
  void run_normalizationThatIsAnOutput_isLeftAlone() {
    assertThat(pass.run(beforeConvolution(1, true).output("bn").build())).isFalse();
  }

  @Test
  void run_normalizationInTrainingMode_isLeftAlone() {
    ModelBuilder builder = beforeConvolution(1, true);
    builder.graph().getNodeBuilder(0).addAttribute(ModelBuilder.integer("training_mode", 1));

    assertThat(pass.run(builder.build())).isFalse();
  }

  @Test
  void run_computedWeight_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    builder.batchNormalization("bn", builder.input("x", "n", 4, 5, 5), 4);
    builder.convOf("y", "bn", builder.input("w", 6, 4, 3, 3));

    assertThat(pass.run(builder.output("y").build())).isFalse();
  }

  @Test
  void run_activationBetween_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    builder.batchNormalization("bn", builder.input("x", "n", 4, 5, 5), 4);
    builder.weight("W", 6, 4, 3, 3);
    builder.convOf("y", builder.relu("r", "bn"), "W");

    assertThat(pass.run(builder.output("y").build())).isFalse();
  }

  @Test
  void run_normalizedWeight_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    builder.batchNormalization("bn", builder.input("w", 4, 4, 3, 3), 4);

    assertThat(pass.run(builder.output(builder.convOf("y", x, "bn")).build())).isFalse();
  }

  private static OnnxModel with(AttributeProto attribute) {
    ModelBuilder builder = beforeConvolution(1, true);
    builder.graph().getNodeBuilder(1).addAttribute(attribute);
    return builder.build();
  }

  private static ModelBuilder beforeConvolution(int groups, boolean hasBias) {
    ModelBuilder builder = ModelBuilder.create();
    builder.batchNormalization("bn", builder.input("x", "n", 4, 5, 5), 4);
    List<String> inputs = new ArrayList<>(List.of("bn"));
    inputs.add(builder.weight("W", 8, 4 / groups, 3, 3));
    if (hasBias) {
      inputs.add(builder.weight("b", 8));
    }
    return builder.output(builder.add("Conv", "y", inputs, ModelBuilder.integer("group", groups)));
  }
}
