/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDigestTest {
  private static final Path MODEL = Path.of("..", "data", "models", "mobilenet_fp32.onnx");

  private static String digestOf(TensorProto.Builder initializer) {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .addInitializer(
                initializer
                    .setName("w")
                    .setDataType(TensorProto.DataType.FLOAT.getNumber())
                    .addDims(2));
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph);
    return OnnxModel.of(model.build().toByteArray()).digest();
  }

  @Test
  void digest_model_isThatOfItsFilesAndCopies(@TempDir Path folder) throws IOException {
    OnnxModel model = OnnxModel.read(MODEL);
    Path external = folder.resolve("other.onnx");
    model.write(external, ModelLayout.EXTERNAL_DATA);

    assertThat(model.digest()).matches("sha256:[0-9a-f]{64}");
    assertThat(model.copy().digest()).isEqualTo(model.digest());
    assertThat(OnnxModel.of(model.toByteArray()).digest()).isEqualTo(model.digest());
    assertThat(OnnxModel.read(external).digest()).isEqualTo(model.digest());
  }

  @Test
  void digest_anyChange_isAnother() throws IOException {
    String before = OnnxModel.read(MODEL).digest();
    OnnxModel noted = OnnxModel.read(MODEL);
    noted.putMetadata("a", "b");
    OnnxModel widened = OnnxModel.read(MODEL);
    widened.graph().rewriter().addInitializer("extra", Tensor.ofFloats(Shape.of(), 1));

    assertThat(noted.digest()).isNotEqualTo(before).isNotEqualTo(widened.digest());
    assertThat(widened.digest()).isNotEqualTo(before);
  }

  @Test
  void digest_elements_countNotTheirStorage() {
    String typed = digestOf(TensorProto.newBuilder().addFloatData(1).addFloatData(2));

    assertThat(
            digestOf(
                TensorCodec.encode("", Tensor.ofFloats(Shape.of(2), 1, 2)).toBuilder().clearDims()))
        .isEqualTo(typed);
    assertThat(digestOf(TensorProto.newBuilder().addFloatData(1).addFloatData(3)))
        .isNotEqualTo(typed);
  }
}
