/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiftOpsetTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @ParameterizedTest
  @ValueSource(ints = {13, 17})
  void run_modelAtOrAboveTheTarget_changesNothing(int opset) {
    builder.relu("y", builder.input("x", 3));
    OnnxModel model = builder.opset(opset).irVersion(6).output("y").build();
    byte[] before = model.toByteArray();

    assertThat(LiftOpset.to(13).run(model)).isFalse();

    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @Test
  void run_secondTime_changesNothing() {
    OnnxModel model = clipInSoftmax().build();
    LiftOpset.to(13).run(model);
    byte[] before = model.toByteArray();

    assertThat(LiftOpset.to(13).run(model)).isFalse();

    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @Test
  void run_sameModelTwice_givesTheSameBytes() {
    OnnxModel one = clipInSoftmax().build();
    OnnxModel other = one.copy();

    LiftOpset.to(19).run(one);
    LiftOpset.to(19).run(other);

    assertThat(one.toByteArray()).isEqualTo(other.toByteArray());
  }

  @Test
  void run_inTwoSteps_givesTheSameBytesAsInOne() {
    OnnxModel one = clipInSoftmax().build();
    OnnxModel other = one.copy();

    LiftOpset.to(19).run(one);
    LiftOpset.to(13).run(other);
    LiftOpset.to(19).run(other);

    assertThat(one.toByteArray()).isEqualTo(other.toByteArray());
  }

  @ParameterizedTest
  @CsvSource({"13, 7", "14, 7", "15, 8", "18, 8", "19, 9", "20, 9", "21, 10"})
  void run_oldFormat_isRaisedWithTheOpset(int target, long irVersion) {
    builder.relu("y", builder.input("x", 3));
    OnnxModel model = builder.opset(9).irVersion(4).output("y").build();

    LiftOpset.to(target).run(model);

    assertThat(model.irVersion()).isEqualTo(irVersion);
  }

  @Test
  void run_newerFormat_isNotLowered() {
    builder.relu("y", builder.input("x", 3));
    OnnxModel model = builder.opset(11).irVersion(10).output("y").build();

    LiftOpset.to(13).run(model);

    assertThat(model.irVersion()).isEqualTo(10);
  }

  @Test
  void run_initializersAmongTheInputsOfIr3_leaveThem() {
    builder.irVersion(3).input("x", 3);
    builder.weight(builder.input("w", 3), 3);
    builder.sum("y", "x", "w");

    OnnxModel model =
        Lifting.keepsResults(builder.opset(8).output("y"), 13, ModelBuilder.random(1, 1, 3));

    assertThat(OnnxModel.of(model.toByteArray()).graph().inputs())
        .extracting(Value::name)
        .containsExactly("x");
    assertThat(builder.build().graph().rewriter().undeclareInitializers()).isTrue();
    assertThat(model.graph().rewriter().undeclareInitializers()).isFalse();
  }

  @Test
  void run_otherDomains_keepTheirVersion() {
    builder.relu("y", builder.input("x", 3));
    builder
        .model()
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.example").setVersion(2));
    OnnxModel model = builder.opset(11).output("y").build();

    LiftOpset.to(13).run(model);

    assertThat(model.opsets()).containsEntry("", 13L).containsEntry("com.example", 2L);
  }

  @Test
  void run_noStandardOperators_changesNothing() {
    builder.add("Fancy", "y", List.of(builder.input("x", 3)));
    builder.model().setOpsetImport(0, OperatorSetIdProto.newBuilder().setDomain("x").setVersion(1));

    assertThat(LiftOpset.to(13).run(builder.output("y").build())).isFalse();
  }

  @Test
  void run_opset6_isRefused() {
    builder.relu("y", builder.input("x", 3));

    Lifting.refuses(builder.opset(6).output("y"), 13)
        .isEqualTo(
            "model imports operator set 6; the lowest that can be lifted is 7, export it anew");
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 22})
  void to_outsideTheRange_isRefused(int opset) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LiftOpset.to(opset))
        .withMessage("opset must be from 13 to 21, was " + opset);
  }

  @Test
  void name_saysTheTarget() {
    assertThat(LiftOpset.to(19).name()).isEqualTo("LiftOpset(19)");
  }

  @Test
  void run_takenNames_areAvoided() {
    builder.weight("y_axes", 2);
    builder.add(
        "Squeeze", "y", List.of(builder.input("x", 3, 1)), ModelBuilder.integers("axes", 1));

    OnnxModel model =
        Lifting.keepsResults(builder.opset(11).output("y"), 13, ModelBuilder.random(1, 1, 3, 1));

    assertThat(model.graph().value("y_axes_1")).isPresent();
  }

  @Test
  void run_bodyWithNothingToConvert_staysAsItIs() throws IOException {
    ModelBuilder body = ModelBuilder.create();
    body.output(body.relu("inner", "x"));
    ModelBuilder model = choice(body).opset(11);

    Lifting.keepsResults(model, 13, ModelBuilder.random(1, 1, 3, 4));

    OnnxModel lifted = model.build();
    LiftOpset.to(13).run(lifted);
    assertThat(ModelProto.parseFrom(lifted.toByteArray()).getGraph())
        .isEqualTo(model.proto().getGraph());
  }

  @Test
  void run_bodyOfIf_isLiftedToo() {
    ModelBuilder body = ModelBuilder.create();
    body.add("Clip", "c", List.of("x"), ModelBuilder.real("min", 0));
    body.add("Unsqueeze", "u", List.of("c"), ModelBuilder.integers("axes", 0));
    body.add("Softmax", "inner", List.of("u"));
    body.output("inner");

    OnnxModel model =
        Lifting.keepsResultsUpToOrder(choice(body).opset(9), 13, ModelBuilder.random(1, 1, 3, 4));

    assertThat(model.graph().rewriter().freeName("u_axes")).isEqualTo("u_axes_1");
    assertThat(LiftOpset.to(13).run(model)).isFalse();
  }

  @Test
  void run_bodyInABody_isLiftedToo() {
    ModelBuilder inner = ModelBuilder.create();
    inner.add("Clip", "c", List.of("r"), ModelBuilder.real("max", 0.2f));
    inner.output("c");
    ModelBuilder outer = ModelBuilder.create();
    outer.relu("r", "x");
    outer.constant("yes", Tensor.ofBytes(ElementType.BOOL, Shape.of(), (byte) 1));
    outer.add(
        "If",
        "inner",
        List.of("yes"),
        ModelBuilder.body("then_branch", inner.graph().build()),
        ModelBuilder.body("else_branch", inner.graph().build()));
    outer.output("inner");

    Lifting.keepsResults(choice(outer).opset(9), 13, ModelBuilder.random(1, 1, 3, 4));
  }

  @Test
  void run_bodyThatCannotBeLifted_isRefusedByNodeName() {
    ModelBuilder body = ModelBuilder.create();
    body.output(body.add("Crop", "bad", List.of("x")));

    Lifting.refuses(choice(body).opset(9), 13).startsWith("node \"bad\": Crop");
  }

  @Test
  void run_bodyOfLoop_isLiftedToo() {
    ModelBuilder body = ModelBuilder.create();
    body.graph().addInput(ModelBuilder.value("i", ElementType.INT64.onnxCode()));
    body.graph().addInput(ModelBuilder.value("go", ElementType.BOOL.onnxCode()));
    body.input("state", 4);
    body.add("Identity", "on", List.of("go"));
    body.add("Clip", "c", List.of("state"), ModelBuilder.real("max", 0.5f));
    body.sum("next", "c", "x");
    body.output("on", ElementType.BOOL).output("next");
    builder.input("x", 4);
    builder.constant("trips", Tensor.ofLongs(Shape.of(), 3));
    builder.constant("yes", Tensor.ofBytes(ElementType.BOOL, Shape.of(), (byte) 1));
    builder.add(
        "Loop",
        "y",
        List.of("trips", "yes", "x"),
        ModelBuilder.body("body", body.graph().setName("body").build()));

    Lifting.keepsResults(builder.opset(10).output("y"), 13, ModelBuilder.random(1, 1, 4));
  }

  private ModelBuilder clipInSoftmax() {
    String x = builder.input("x", 2, 3, 4);
    builder.add("Clip", "c", List.of(x), ModelBuilder.real("max", 1));
    builder.add("Softmax", "s", List.of("c"));
    builder.add("ReduceMean", "y", List.of("s"), ModelBuilder.integers("axes", 1));
    return builder.opset(10).output("y");
  }

  private ModelBuilder choice(ModelBuilder body) {
    builder.input("x", 3, 4);
    builder.constant("condition", Tensor.ofBytes(ElementType.BOOL, Shape.of(), (byte) 1));
    builder.add(
        "If",
        "y",
        List.of("condition"),
        ModelBuilder.body("then_branch", body.graph().setName("then").build()),
        ModelBuilder.body("else_branch", body.graph().setName("else").build()));
    return builder.output("y");
  }
}
