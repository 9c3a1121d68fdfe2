/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.google.protobuf.ByteString;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.FunctionProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.internal.proto.StringStringEntryProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import io.github.quant4j.onnx.internal.proto.TensorShapeProto;
import io.github.quant4j.onnx.internal.proto.TypeProto;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** Writes small models. */
final class TinyModels {
  static final int FEATURES = 32;

  private static final List<Long> LSTM_WEIGHT = List.of(1L, 32L, (long) FEATURES);
  private static final List<Long> LSTM_RECURRENCE = List.of(1L, 32L, 8L);

  private TinyModels() {}

  /** Writes {@code y = x * w}, x being [batchSize, 32] and w a constant [32, 32]. */
  static Path fixedBatch(Path file, long batchSize) throws IOException {
    return write(
        file,
        GraphProto.newBuilder()
            .setName("fixed batch")
            .addInput(tensor("x", batchSize, FEATURES))
            .addOutput(tensor("y", batchSize, FEATURES))
            .addInitializer(weight())
            .addNode(node("MatMul", "y", "x", "w")));
  }

  /** Writes {@code y = (a + b) * w}, a and b being [N, 32]. */
  static Path twoInputs(Path file) throws IOException {
    return write(
        file,
        GraphProto.newBuilder()
            .setName("two inputs")
            .addInput(tensor("a", 0, FEATURES))
            .addInput(tensor("b", 0, FEATURES))
            .addOutput(tensor("y", 0, FEATURES))
            .addInitializer(weight())
            .addNode(node("Add", "sum", "a", "b"))
            .addNode(node("MatMul", "y", "sum", "w")));
  }

  /** Writes a model with what inspection must not stumble over: text, unknown types, a domain. */
  static Path unusual(Path file) throws IOException {
    return write(
        file,
        GraphProto.newBuilder()
            .setName("unusual")
            .addInput(ValueInfoProto.newBuilder().setName("x"))
            .addOutput(tensor("y", 0, FEATURES))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("words")
                    .setDataType(TensorProto.DataType.STRING.getNumber())
                    .addDims(1)
                    .addStringData(ByteString.copyFromUtf8("caf\u00e9")))
            .addNode(node("Lookup", "y", "x", "words").setDomain("com.example")));
  }

  /**
   * Writes a model whose arithmetic is all in bodies: x being [N, 32], an If on its largest element
   * runs an LSTM over its rows, forward or backward, into y [N, 1, 1, 8].
   */
  static Path recurrentBodies(Path file) throws IOException {
    return write(
        file,
        GraphProto.newBuilder()
            .setName("recurrent bodies")
            .addInput(tensor("x", 0, FEATURES))
            .addOutput(floats("y"))
            .addInitializer(weight().toBuilder().setName("w").clearDims().addAllDims(LSTM_WEIGHT))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("r")
                    .setDataType(TensorProto.DataType.FLOAT.getNumber())
                    .addAllDims(LSTM_RECURRENCE)
                    .addAllFloatData(Collections.nCopies(256, 0.125f)))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("one")
                    .setDataType(TensorProto.DataType.INT64.getNumber())
                    .addDims(1)
                    .addInt64Data(1))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("bound")
                    .setDataType(TensorProto.DataType.FLOAT.getNumber())
                    .addFloatData(0.5f))
            .addNode(node("Unsqueeze", "rows", "x", "one"))
            .addNode(
                node("ReduceMax", "largest", "x")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("keepdims")
                            .setType(AttributeProto.AttributeType.INT)))
            .addNode(node("Greater", "condition", "largest", "bound"))
            .addNode(
                node("If", "y", "condition")
                    .addAttribute(body("then_branch", "forward"))
                    .addAttribute(body("else_branch", "reverse"))));
  }

  /** Writes {@code y = f(x)}, f being a function of the model that multiplies by a constant. */
  static Path function(Path file) throws IOException {
    return Files.write(
        file,
        model(
                GraphProto.newBuilder()
                    .setName("function")
                    .addInput(tensor("x", 0, FEATURES))
                    .addOutput(tensor("y", 0, FEATURES))
                    .addInitializer(weight())
                    .addNode(node("Times", "y", "x", "w").setDomain("com.example")))
            .addFunctions(
                FunctionProto.newBuilder()
                    .setDomain("com.example")
                    .setName("Times")
                    .addInput("a")
                    .addInput("b")
                    .addOutput("c")
                    .addNode(node("MatMul", "c", "a", "b"))
                    .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17)))
            .build()
            .toByteArray());
  }

  /** Writes a chain of the given number of operators of ONNX Runtime. */
  static Path gelus(Path file, int count) throws IOException {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("gelus")
            .addInput(tensor("x0", 0, FEATURES))
            .addOutput(tensor("x" + count, 0, FEATURES));
    for (int i = 0; i < count; i++) {
      graph.addNode(
          node("FastGelu", "x" + (i + 1), "x" + i).setName("gelu" + i).setDomain("com.microsoft"));
    }
    return write(file, graph);
  }

  private static AttributeProto body(String name, String direction) {
    NodeProto.Builder lstm =
        node("LSTM", name + "_y", "rows", "w", "r")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("hidden_size")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(8))
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("direction")
                    .setType(AttributeProto.AttributeType.STRING)
                    .setS(ByteString.copyFromUtf8(direction)));
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(GraphProto.newBuilder().setName(name).addNode(lstm).addOutput(floats(name + "_y")))
        .build();
  }

  private static Path write(Path file, GraphProto.Builder graph) throws IOException {
    return Files.write(file, model(graph).build().toByteArray());
  }

  private static ModelProto.Builder model(GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.example").setVersion(2))
        .addMetadataProps(
            StringStringEntryProto.newBuilder().setKey("auteur").setValue("caf\u00e9"))
        .setGraph(graph);
  }

  /** Returns the type of floats of any shape. */
  private static ValueInfoProto floats(String name) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())))
        .build();
  }

  /** Returns the type of a float matrix; 0 rows stand for any number, called N. */
  private static ValueInfoProto tensor(String name, long rows, long columns) {
    TensorShapeProto.Dimension.Builder first = TensorShapeProto.Dimension.newBuilder();
    if (rows == 0) {
      first.setDimParam("N");
    } else {
      first.setDimValue(rows);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT.getNumber())
                        .setShape(
                            TensorShapeProto.newBuilder()
                                .addDim(first)
                                .addDim(
                                    TensorShapeProto.Dimension.newBuilder().setDimValue(columns)))))
        .build();
  }

  private static TensorProto weight() {
    ByteBuffer bytes =
        ByteBuffer.allocate(FEATURES * FEATURES * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < FEATURES * FEATURES; i++) {
      bytes.putFloat((i % 7 - 3) / 3f);
    }
    return TensorProto.newBuilder()
        .setName("w")
        .setDataType(TensorProto.DataType.FLOAT.getNumber())
        .addDims(FEATURES)
        .addDims(FEATURES)
        .setRawData(ByteString.copyFrom(bytes.flip()))
        .build();
  }

  private static NodeProto.Builder node(String opType, String output, String... inputs) {
    NodeProto.Builder node =
        NodeProto.newBuilder().setOpType(opType).setName(opType).addOutput(output);
    for (String input : inputs) {
      node.addInput(input);
    }
    return node;
  }
}
