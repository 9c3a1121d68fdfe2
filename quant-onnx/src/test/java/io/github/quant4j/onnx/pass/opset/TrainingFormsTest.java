/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dropout and BatchNormalization, which have a form for training too. */
class TrainingFormsTest {
  private static final Tensor IMAGE = ModelBuilder.random(1, 1, 1, 4, 3, 3);

  private final ModelBuilder builder = ModelBuilder.create();

  @ParameterizedTest
  @ValueSource(ints = {7, 9, 10, 11})
  void run_dropout_losesItsRatio(int opset) {
    String x = builder.input("x", 4);
    builder.add("Dropout", "d", List.of(x), ModelBuilder.real("ratio", 0.9f));
    builder.outputs("mask");
    builder.add("Neg", "y", List.of("d"));

    OnnxModel model =
        Lifting.keepsResults(builder.opset(opset).output("y"), 13, ModelBuilder.random(1, 1, 4));

    assertThat(model.graph().nodes().get(0).hasAttribute("ratio")).isFalse();
  }

  @Test
  void run_dropoutWhoseFloatMaskIsRead_isRefused() {
    builder.add("Dropout", "y", List.of(builder.input("x", 4)));
    builder.outputs("mask").opset(9).output("y").output("mask");

    Lifting.refuses(builder, 13).contains("node \"y\": Dropout").contains("its mask");
  }

  @ParameterizedTest
  @CsvSource({"7, 13", "9, 14", "13, 15", "13, 19"})
  void run_batchNormalization_keepsItsParameters(int opset, int target) {
    builder.batchNormalization("y", builder.input("x", 1, 4, 3, 3), 4);

    Lifting.keepsResults(builder.opset(opset).output("y"), target, IMAGE);
  }

  @Test
  void run_batchNormalizationOf7_losesSpatial() {
    builder.batchNormalization("y", builder.input("x", 1, 4, 3, 3), 4);
    builder.graph().getNodeBuilder(0).addAttribute(ModelBuilder.integer("spatial", 1));

    OnnxModel model = Lifting.keepsResults(builder.opset(7).output("y"), 13, IMAGE);

    assertThat(model.graph().nodes().get(0).hasAttribute("spatial")).isFalse();
  }

  @Test
  void run_statisticsPerElement_areRefused() {
    builder.batchNormalization("y", builder.input("x", 1, 4, 3, 3), 4);
    builder.graph().getNodeBuilder(0).addAttribute(ModelBuilder.integer("spatial", 0));

    Lifting.refuses(builder.opset(8).output("y"), 13).contains("spatial is 0");
  }

  @Test
  void run_batchNormalizationInTraining_isRefused() {
    builder.batchNormalization("y", builder.input("x", 1, 4, 3, 3), 4);
    builder.outputs("mean", "variance").opset(13).output("y");

    Lifting.refuses(builder, 19).contains("node \"y\": BatchNormalization").contains("training");
  }

  /** ONNX Runtime refuses what exporters left over, so only the lifted model can be run. */
  @Test
  void run_leftOverAttributes_goOnTheWayTo14() {
    builder.batchNormalization("y", builder.input("x", 1, 4, 3, 3), 4);
    float[] expected = OnnxRuntimeOracle.run(builder.opset(12).output("y").build(), IMAGE);
    builder
        .graph()
        .getNodeBuilder(0)
        .addAttribute(ModelBuilder.integer("spatial", 1))
        .addAttribute(ModelBuilder.integer("is_test", 1));
    OnnxModel model = builder.build();

    LiftOpset.to(14).run(model);

    assertThat(model.graph().nodes())
        .extracting(Node::opType)
        .containsExactly("BatchNormalization");
    assertThat(OnnxRuntimeOracle.run(model, IMAGE)).containsExactly(expected);
  }
}
