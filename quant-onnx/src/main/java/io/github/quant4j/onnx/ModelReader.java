/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Builds an {@link OnnxModel} of stored bytes and refuses what is not one. */
final class ModelReader {
  private final String what;
  private final ExternalData external;

  private ModelReader(String what, ExternalData external) {
    this.what = what;
    this.external = external;
  }

  static OnnxModel read(Path file) throws IOException {
    String what = "model \"" + file + "\"";
    // Nobody else has these bytes, so the tensors may be views of them.
    ByteString bytes = UnsafeByteOperations.unsafeWrap(ModelFile.read(file));
    return new ModelReader(what, ExternalData.beside(file, what)).read(bytes, true);
  }

  static OnnxModel of(byte[] bytes) {
    ByteString wrapped = UnsafeByteOperations.unsafeWrap(bytes);
    return new ModelReader("model", ExternalData.none("model")).read(wrapped, false);
  }

  private OnnxModel read(ByteString bytes, boolean isAliasing) {
    ModelProto proto = parse(bytes, isAliasing);
    List<StoredTensor> initializers = new ArrayList<>(proto.getGraph().getInitializerCount());
    proto.getGraph().getInitializerList().forEach(tensor -> initializers.add(stored(tensor)));
    ModelProto.Builder rest = proto.toBuilder();
    rest.getGraphBuilder().clearInitializer();
    ModelProto embedded = withEmbedded(rest.build());
    external.requireDisjoint();
    GraphProto graph = embedded.getGraph();
    return new OnnxModel(
        embedded.toBuilder().clearGraph().build(),
        GraphReader.read(graph, initializers, what),
        external.files());
  }

  private ModelProto withEmbedded(ModelProto model) {
    return OutsideTensors.isAnyIn(model) ? new EmbeddedTensors(external).embed(model) : model;
  }

  private StoredTensor stored(TensorProto tensor) {
    return OutsideTensors.isOutside(tensor)
        ? external.find("initializer \"" + tensor.getName() + "\"", tensor)
        : new InlineTensor(tensor, null);
  }

  private ModelProto parse(ByteString bytes, boolean isAliasing) {
    if (bytes.isEmpty()) {
      throw new ModelFormatException(what + " is empty; expected an ONNX model");
    }
    ModelProto proto;
    try {
      CodedInputStream in = bytes.newCodedInput();
      in.enableAliasing(isAliasing);
      proto = ModelProto.parseFrom(in);
      in.checkLastTagWas(0);
    } catch (IOException e) {
      throw new ModelFormatException(
          "%s is not an ONNX model or is truncated: found %s bytes that are no whole ModelProto"
              .formatted(what, bytes.size()),
          e);
    }
    if (!proto.hasGraph() || proto.getIrVersion() <= 0 || proto.getOpsetImportCount() == 0) {
      throw new ModelFormatException(
          what + " is not an ONNX model: it lacks a graph, an IR version or an operator set");
    }
    return proto;
  }
}
