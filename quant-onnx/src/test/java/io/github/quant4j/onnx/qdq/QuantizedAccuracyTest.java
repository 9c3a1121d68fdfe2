/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.pass.PassPipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** INT8 models against the float ones they were made from, in ONNX Runtime. */
class QuantizedAccuracyTest {
  private static final Tensor SAMPLE = ModelBuilder.random(11, 1, 8, 16, 8, 8);

  static Stream<Arguments> nets() {
    return Stream.of(
        net("convolution", (b, x) -> b.conv("c", x, 16, 32, 3)),
        net(
            "depthwise",
            (b, x) -> b.conv("d", b.relu("r", b.conv("c", x, 16, 16, 1)), 16, 16, 3, 16)),
        net(
            "normalized",
            (b, x) -> b.relu("r", b.batchNormalization("bn", b.conv("c", x, 16, 16, 3), 16))),
        net(
            "residual",
            (b, x) -> {
              String stem = b.relu("stem", b.conv("c0", x, 16, 16, 3));
              String branch = b.conv("c2", b.relu("r", b.conv("c1", stem, 16, 16, 3)), 16, 16, 3);
              return b.conv("c3", b.relu("out", b.sum("add", stem, branch)), 16, 16, 1);
            }),
        net(
            "projection",
            (b, x) -> {
              String stem = b.relu("stem", b.conv("c0", x, 16, 16, 3));
              String branch = b.conv("c2", b.relu("r", b.conv("c1", stem, 16, 32, 3)), 32, 32, 3);
              return b.relu("out", b.sum("add", branch, b.conv("down", stem, 16, 32, 1)));
            }),
        net(
            "pooled",
            (b, x) ->
                b.conv("c2", b.maxPool("p", b.relu("r", b.conv("c1", x, 16, 16, 3))), 16, 16, 3)),
        net(
            "head",
            (b, x) -> {
              String gap =
                  b.add(
                      "GlobalAveragePool", "gap", List.of(b.relu("r", b.conv("c", x, 16, 64, 3))));
              return b.gemm("g", b.add("Flatten", "f", List.of(gap)), 64, 32);
            }));
  }

  @ParameterizedTest(name = "{0} for {2}")
  @MethodSource("netsAndTargets")
  void quantized_smallNet_isCloseToTheFloatOne(String name, OnnxModel model, Target target) {
    OnnxModel int8 = Calibration.quantized(model, SAMPLE, target);

    assertThat(int8.firstQuantizedNode()).as(name).isPresent();
    assertThat(
            Calibration.signalToNoise(
                OnnxRuntimeOracle.run(model, SAMPLE), OnnxRuntimeOracle.run(int8, SAMPLE)))
        .as("signal to noise of %s", name)
        .isGreaterThan(25);
  }

  static Stream<Arguments> netsAndTargets() {
    return nets()
        .flatMap(
            net ->
                Stream.of(Target.values())
                    .map(target -> Arguments.of(net.get()[0], net.get()[1], target)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet20_fp32", "mobilenet_fp32"})
  void quantized_realModel_staysCloseAndStripsBack(String name) throws IOException {
    OnnxModel model = OnnxModel.read(Path.of("..", "data", "models", name + ".onnx"));
    Tensor sample = ModelBuilder.random(5, 1, 4, 1, 32, 32);
    OnnxModel int8 = Calibration.quantized(model, sample, Target.TENSORRT);

    assertThat(
            Calibration.signalToNoise(
                OnnxRuntimeOracle.run(model, sample), OnnxRuntimeOracle.run(int8, sample)))
        .isGreaterThan(20);

    PassPipeline.normalization().run(model);
    new StripQuantizeDequantize().run(int8);
    assertThat(FloatGraph.describe(int8)).isEqualTo(FloatGraph.describe(model));
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void quantized_resNet20_isAThirdOfTheFloatFile(Target target) throws IOException {
    OnnxModel model = OnnxModel.read(Path.of("..", "data", "models", "resnet20_fp32.onnx"));
    int floatSize = model.toByteArray().length;
    OnnxModel int8 = Calibration.quantized(model, ModelBuilder.random(5, 1, 1, 1, 32, 32), target);

    assertThat(int8.toByteArray().length).isLessThan(floatSize * 30 / 100);
  }

  private static Arguments net(String name, BiFunction<ModelBuilder, String, String> body) {
    ModelBuilder builder = ModelBuilder.create();
    String output = body.apply(builder, builder.input("x", "n", 16, 8, 8));
    return Arguments.of(name, builder.output(output).build());
  }
}
