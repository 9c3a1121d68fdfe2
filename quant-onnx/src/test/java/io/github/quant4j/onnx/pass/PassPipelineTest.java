/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PassPipelineTest {
  @Test
  void run_failingPass_isNamedWithTheCause() {
    ModelBuilder builder = ModelBuilder.create();
    builder.output(builder.relu("y", builder.input("x", 3)));
    GraphPass failing =
        new GraphPass() {
          @Override
          public String name() {
            return "FoldNothing";
          }

          @Override
          public boolean run(OnnxModel model) {
            throw new IllegalStateException("tensor \"t\" is odd");
          }
        };

    assertThatExceptionOfType(PassException.class)
        .isThrownBy(() -> PassPipeline.of(failing).run(builder.build()))
        .withMessage("pass FoldNothing failed: tensor \"t\" is odd")
        .withCauseInstanceOf(IllegalStateException.class)
        .satisfies(e -> assertThat(e.passName()).isEqualTo("FoldNothing"));
  }

  @Test
  void run_damagedConstant_namesPassAndTensor() {
    ModelBuilder builder = ModelBuilder.create();
    builder.add(
        "Constant", "k", List.of(), ModelBuilder.tensor("value", ModelBuilder.random(1, 1, 4)));
    builder
        .graph()
        .getNodeBuilder(0)
        .getAttributeBuilder(0)
        .setT(TensorProto.newBuilder().setDataType(1).addDims(4));
    builder.output(builder.relu("y", "k"));

    assertThatExceptionOfType(PassException.class)
        .isThrownBy(() -> PassPipeline.normalization().run(builder.build()))
        .withMessageContaining(
            "pass MoveConstantsToInitializers failed: tensor \"k\" of shape [4]");
  }

  @Test
  void run_normalization_leavesOneConvolutionOfFourNodes() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    builder.add(
        "Constant",
        "w",
        List.of(),
        ModelBuilder.tensor("value", ModelBuilder.random(3, 1, 4, 4, 3, 3)));
    builder.add("Identity", "i", List.of("w"));
    builder.convOf("c", x, "i");
    builder.graph().getNodeBuilder(2).setName("");
    OnnxModel model = builder.output(builder.batchNormalization("y", "c", 4)).build();
    Tensor input = ModelBuilder.random(1, 1, 1, 4, 5, 5);
    float[] expected = OnnxRuntimeOracle.run(model, input);

    List<String> modifying = PassPipeline.normalization().run(model);

    assertThat(modifying)
        .containsExactly(
            "MoveConstantsToInitializers",
            "EliminateIdentity",
            "FoldBatchNormalization",
            "NameNodes",
            "RemoveUnused");
    assertThat(model.graph().nodes()).extracting(Node::name).containsExactly("y_Conv");
    assertThat(OnnxRuntimeOracle.run(model, input)).containsExactly(expected, Offset.offset(2e-5f));
  }

  @Test
  void run_operatorWithAnotherReaderThatNothingUses_isFoldedInto() {
    ModelBuilder builder = ModelBuilder.create();
    builder.conv("c", builder.input("x", "n", 4, 5, 5), 4, 4, 3);
    builder.relu("unused", "c");
    builder.add("Dropout", "d", List.of("c"));
    OnnxModel model = builder.output(builder.batchNormalization("y", "d", 4)).build();

    assertThat(PassPipeline.normalization().run(model))
        .containsExactly("RemoveUnused", "RemoveDropout", "FoldBatchNormalization", "RemoveUnused");

    assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("Conv");
  }

  @Test
  void run_normalizationBetweenTwoConvolutions_goesIntoTheOneBefore() {
    ModelBuilder builder = ModelBuilder.create();
    builder.conv("c", builder.input("x", "n", 4, 5, 5), 4, 4, 3);
    builder.batchNormalization("bn", "c", 4);
    OnnxModel model = builder.output(builder.conv("y", "bn", 4, 4, 1)).build();
    Tensor weight = model.graph().value("y.W").flatMap(Value::constant).orElseThrow();

    PassPipeline.normalization().run(model);

    assertThat(model.graph().nodes()).hasSize(2);
    assertThat(model.graph().value("y.W").flatMap(Value::constant)).containsSame(weight);
  }

  @Test
  void run_normalizationTwice_changesNothing() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    builder.conv("c", x, 4, 4, 3);
    OnnxModel model = builder.output(builder.batchNormalization("y", "c", 4)).build();
    PassPipeline.normalization().run(model);

    assertThat(PassPipeline.normalization().run(model)).isEmpty();
  }

  @Test
  void run_normalizationOfOpset11_liftsWhatTheConstantsLetItKnow() {
    ModelBuilder builder = ModelBuilder.create().opset(11);
    builder.add(
        "Constant",
        "shape",
        List.of(),
        ModelBuilder.tensor("value", Tensor.ofLongs(Shape.of(2), 6, -1)));
    builder.add("Reshape", "r", List.of(builder.input("x", "?", "?", "?"), "shape"));
    builder.add("Softmax", "y", List.of("r"));
    OnnxModel model = builder.output("y").build();

    List<String> modifying = PassPipeline.normalization().run(model);

    assertThat(modifying).containsExactly("MoveConstantsToInitializers", "LiftOpset(13)");
    assertThat(model.graph().nodes()).extracting(Node::name).containsExactly("r", "y");
  }

  @Test
  void run_normalizationOfACall_foldsWhatIsInTheFunction() {
    ModelBuilder builder = ModelBuilder.create();
    builder
        .model()
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("local").setVersion(1))
        .addFunctionsBuilder()
        .setDomain("local")
        .setName("F")
        .addInput("a")
        .addOutput("r")
        .addNode(ModelBuilder.node("Identity", "i", List.of("a")))
        .addNode(ModelBuilder.node("Relu", "r", List.of("i")))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17));
    builder.add("F", "y", List.of(builder.input("x", 3)));
    builder.graph().getNodeBuilder(0).setDomain("local");
    OnnxModel model = builder.output("y").build();

    List<String> modifying = PassPipeline.normalization().run(model);

    assertThat(modifying).containsExactly("InlineFunctions", "EliminateIdentity");
    assertThat(model.graph().nodes()).extracting(Node::name).containsExactly("y/r");
  }
}
