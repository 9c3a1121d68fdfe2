/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operators and modes that got another name, or another default. */
class RenamedFormsTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void run_scatter_becomesScatterElements(int opset) {
    builder.constant("indices", Tensor.ofLongs(Shape.of(2, 2), 2, 0, 1, 1));
    builder.weight("updates", 2, 2);
    builder.add(
        "Scatter",
        "y",
        List.of(builder.input("x", 3, 2), "indices", "updates"),
        ModelBuilder.integer("axis", 0));

    OnnxModel model =
        Lifting.keepsResults(builder.opset(opset).output("y"), 13, ModelBuilder.random(1, 1, 3, 2));

    assertThat(Lifting.operators(model)).containsExactly("ScatterElements");
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 13})
  void run_roiAlign_keepsItsCoordinates(int opset) {
    builder.constant("rois", Tensor.ofFloats(Shape.of(1, 4), 0.4f, 0.7f, 4.2f, 5.1f));
    builder.longs("batch", 0);
    builder.add(
        "RoiAlign",
        "y",
        List.of(builder.input("x", 1, 2, 6, 6), "rois", "batch"),
        ModelBuilder.integer("output_height", 3),
        ModelBuilder.integer("output_width", 3),
        ModelBuilder.integer("sampling_ratio", 2));

    Lifting.keepsResults(
        builder.opset(opset).output("y"), 16, ModelBuilder.random(1, 1, 1, 2, 6, 6));
  }

  @ParameterizedTest
  @CsvSource(
      value = {"null, linear", "bilinear, linear", "bicubic, cubic", "nearest, nearest"},
      nullValues = "null")
  void run_gridSample_hasItsModesByTheirNewNames(String mode, String expected) {
    builder.constant("grid", ModelBuilder.random(2, 0.9, 1, 3, 3, 2));
    AttributeProto[] attributes =
        Stream.ofNullable(mode)
            .map(text -> ModelBuilder.text("mode", text))
            .toArray(AttributeProto[]::new);
    builder.add("GridSample", "y", List.of(builder.input("x", 1, 2, 6, 6), "grid"), attributes);

    OnnxModel model =
        Lifting.keepsResults(
            builder.opset(16).output("y"), 20, ModelBuilder.random(1, 1, 1, 2, 6, 6));

    assertThat(model.graph().nodes().get(0).text("mode", "")).isEqualTo(expected);
  }

  @Test
  void run_scanOf8_isRefused() {
    builder.add("Scan", "y", List.of("", builder.input("x", 3)));

    Lifting.refuses(builder.opset(8).output("y"), 13)
        .isEqualTo(
            "node \"y\": Scan cannot be lifted from opset 8 to 9: the batch dimension was taken"
                + " out of it; export the model anew with a later opset");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ImageScaler", "Crop", "Affine"})
  void run_experimentalOperator_isRefused(String opType) {
    builder.add(opType, "y", List.of(builder.input("x", 3)));

    Lifting.refuses(builder.opset(9).output("y"), 13)
        .startsWith("node \"y\": " + opType + " cannot be lifted from opset 9 to 10");
  }

  @ParameterizedTest
  @ValueSource(strings = {"DFT", "GroupNormalization"})
  void run_operatorThatChangedAfter19_isRefusedFor21Only(String opType) {
    builder.add(opType, "y", List.of(builder.input("x", 3)));
    builder.opset(18).output("y");

    Lifting.refuses(builder, 21).startsWith("node \"y\": " + opType);
    assertThat(LiftOpset.to(19).run(builder.build())).isTrue();
  }

  @Test
  void run_operatorOfAnotherDomain_staysAsItIs() {
    builder.add("Clip", "y", List.of(builder.input("x", 3)), ModelBuilder.real("min", 0));
    builder.graph().getNodeBuilder(0).setDomain("com.example");
    OnnxModel model = builder.opset(9).output("y").build();

    assertThat(LiftOpset.to(13).run(model)).isTrue();

    assertThat(model.graph().nodes().get(0).real("min", 7)).isZero();
  }
}
