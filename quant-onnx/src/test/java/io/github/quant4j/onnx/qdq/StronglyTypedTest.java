/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StronglyTypedTest {
  private static OnnxModel lifted(Path file) throws IOException {
    ModelProto.Builder proto = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    proto.getOpsetImportBuilder(0).setVersion(19);
    return OnnxModel.of(proto.setIrVersion(9).build().toByteArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet20_fp32", "resnet20_bn_fp32", "mobilenet_fp32", "vit_fp32"})
  void scratch(String name) throws IOException {
    OnnxModel model = lifted(Path.of(name.startsWith("vit") ? "/tmp/q/h7s/vit19.onnx" : "/work/shared/models/" + name + ".onnx"));
    Tensor sample = ModelBuilder.random(5, 1, 4, 1, 32, 32);
    OnnxModel w = Calibration.quantized(model, sample, Target.TENSORRT);
    OnnxModel s =
        Calibration.quantized(model, sample, Target.TENSORRT, BuildMode.STRONGLY_TYPED);
    w.write(Path.of("/tmp/q/h7s/" + name + "_W.onnx"));
    s.write(Path.of("/tmp/q/h7s/" + name + "_S.onnx"));
    float[] f = OnnxRuntimeOracle.run(model, sample);
    float[] fw = OnnxRuntimeOracle.run(w, sample);
    float[] fs = OnnxRuntimeOracle.run(s, sample);
    System.out.println(
        name
            + " W/f "
            + Calibration.signalToNoise(f, fw)
            + " S/f "
            + Calibration.signalToNoise(f, fs)
            + " S/W "
            + Calibration.signalToNoise(fw, fs)
            + " " + QuantizationManifest.of(s));
    assertThat(fs).hasSameSizeAs(f);
  }
}
