/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.FunctionProto;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.internal.proto.SparseTensorProto;
import io.github.quant4j.onnx.internal.proto.StringStringEntryProto;
import io.github.quant4j.onnx.internal.proto.TensorAnnotation;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import io.github.quant4j.onnx.internal.proto.TrainingInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTripTest {
  @ParameterizedTest
  @ValueSource(strings = {"resnet20_fp32", "mobilenet_fp32"})
  void toByteArray_modelOfAnExporter_isByteForByteTheFile(String name) throws IOException {
    Path file = Path.of("..", "data", "models", name + ".onnx");

    assertThat(OnnxModel.read(file).toByteArray()).isEqualTo(Files.readAllBytes(file));
  }

  @Test
  void toByteArray_modelWithEverything_keepsIt() throws IOException {
    ModelProto model = everything();

    ModelProto back = ModelProto.parseFrom(OnnxModel.of(model.toByteArray()).toByteArray());

    assertThat(back).isEqualTo(model);
  }

  @Test
  void copy_modelWithEverything_keepsIt() throws IOException {
    ModelProto model = everything();

    OnnxModel copy = OnnxModel.of(model.toByteArray()).copy();

    assertThat(ModelProto.parseFrom(copy.toByteArray())).isEqualTo(model);
  }

  @Test
  void copy_changed_leavesTheOriginal() {
    OnnxModel original = chain();
    byte[] before = original.toByteArray();

    OnnxModel copy = original.copy();
    copy.graph().rewriter().addInitializer("w", ModelBuilder.random(1, 1, 3));
    copy.putMetadata("key", "value");

    assertThat(original.toByteArray()).isEqualTo(before);
  }

  @Test
  void of_nodesOutOfOrder_sortsThemAndKeepsTheOrderOfTheRest() {
    ModelBuilder builder = ModelBuilder.create();
    builder.sum("y", "b", "c");
    builder.relu("c", "a");
    builder.relu("b", "a");
    builder.relu("a", builder.input("x", 3));
    OnnxModel model = builder.output("y").build();

    assertThat(model.graph().nodes()).extracting(Node::name).containsExactly("a", "c", "b", "y");
  }

  @Test
  void of_bodyReadingALaterNode_putsTheNodeFirst() {
    ModelBuilder builder = ModelBuilder.create();
    Bodies.choice(builder, "y", "r");
    builder.relu("r", builder.input("x", 3));
    OnnxModel model = builder.output("y").build();

    assertThat(model.graph().nodes()).extracting(Node::name).containsExactly("r", "y");
    assertThat(model.graph().value("r")).map(Value::isCaptured).hasValue(true);
  }

  @Test
  void of_bodyInABody_seesCapturesOfBothLevels() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", 3);
    builder.relu("r", x);
    ModelBuilder inner = ModelBuilder.create();
    inner.relu("local", "x");
    Bodies.choice(inner, "inner", "r");
    inner.sum("joined", "inner", "local");
    inner.output("joined");
    builder.constant("condition", tensorOfTrue());
    builder.add(
        "If",
        "y",
        List.of("condition"),
        ModelBuilder.body("then_branch", inner.graph().build()),
        ModelBuilder.body("else_branch", inner.graph().build()));
    OnnxModel model = builder.output("y").build();

    assertThat(model.graph().value("r")).map(Value::isCaptured).hasValue(true);
    assertThat(model.graph().value("x")).map(Value::isCaptured).hasValue(true);
    assertThat(model.graph().rewriter().freeName("local")).isEqualTo("local_1");
    assertThat(OnnxRuntimeOracle.run(model, ModelBuilder.random(1, 1, 3))).hasSize(3);
  }

  @Test
  void inputs_initializersListedAsInputs_areLeftOut() {
    ModelBuilder builder = ModelBuilder.create().irVersion(3);
    String x = builder.input("x", 3);
    builder.weight(builder.input("w", 3), 3);
    OnnxModel model = builder.output(builder.sum("y", x, "w")).build();

    assertThat(model.graph().inputs()).extracting(Value::name).containsExactly("x");
    assertThat(model.graph().value("w")).map(Value::isConstant).hasValue(true);
    assertThat(model.graph().value("w")).map(Value::isGraphInput).hasValue(false);
  }

  @Test
  void toByteArray_removedValue_losesItsValueInfo() throws IOException {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", 3);
    builder.relu("dead", x);
    builder.graph().addValueInfo(ModelBuilder.value("dead", 1, 3));
    OnnxModel model = builder.output(builder.relu("y", x)).build();

    model.graph().rewriter().remove(model.graph().nodes().get(0));

    assertThat(ModelProto.parseFrom(model.toByteArray()).getGraph().getValueInfoList()).isEmpty();
  }

  private static OnnxModel chain() {
    ModelBuilder builder = ModelBuilder.create();
    return builder.output(builder.relu("y", builder.input("x", "n", 3))).build();
  }

  private static Tensor tensorOfTrue() {
    return Tensor.ofBytes(ElementType.BOOL, Shape.of(), (byte) 1);
  }

  private static ModelProto everything() {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(
                4711,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("?"))
                    .build())
            .build();
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 8, 8);
    builder.conv("c", x, 4, 4, 3);
    builder.add("FancyOp", "f", List.of("c", "", "c.b"), ModelBuilder.text("mode", "odd"));
    builder.add("MaxPool", "p", List.of("f"), ModelBuilder.integers("kernel_shape", 2, 2));
    builder.graph().getNodeBuilder(1).setDomain("com.example").setDocString("a node");
    builder.graph().getNodeBuilder(2).addOutput("").setUnknownFields(unknown);
    builder.relu("r", "p");
    builder.output(Bodies.choice(builder, "y", "r"));
    builder
        .graph()
        .setDocString("a graph")
        .addValueInfo(ModelBuilder.value("c", 1, "n", 4, 8, 8))
        .addValueInfo(ModelBuilder.value("unheard", 1, 2))
        .addValueInfo(ModelBuilder.value("y", 1, "n", 4, 7, 7))
        .addQuantizationAnnotation(TensorAnnotation.newBuilder().setTensorName("c"))
        .addSparseInitializer(
            SparseTensorProto.newBuilder()
                .setValues(
                    TensorProto.newBuilder().setName("s").setDataType(1).addDims(1).addFloatData(1))
                .setIndices(TensorProto.newBuilder().setDataType(7).addDims(1).addInt64Data(2))
                .addDims(4))
        .addMetadataProps(entry("graph", "note"));
    builder.graph().getInitializerBuilder(0).setDocString("a weight").setUnknownFields(unknown);
    return builder
        .model()
        .setDocString("a model")
        .setProducerVersion("2")
        .setModelVersion(7)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.example").setVersion(1))
        .addMetadataProps(entry("key", "value"))
        .addTrainingInfo(
            TrainingInfoProto.newBuilder().addInitializationBinding(entry("c.W", "init")))
        .addFunctions(
            FunctionProto.newBuilder()
                .setName("FancyOp")
                .setDomain("com.example")
                .addNode(ModelBuilder.node("Relu", "q", List.of("a"))))
        .setUnknownFields(unknown)
        .setGraph(builder.graph())
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
