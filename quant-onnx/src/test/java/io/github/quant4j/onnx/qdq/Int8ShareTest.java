/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.shape.MultiplyAccumulates;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Int8ShareTest {

  @Test
  void of_oneConvolutionFloat_isTheRest() {
    ModelBuilder builder = ModelBuilder.create();
    builder.input("x", "n", 16, 8, 8);
    builder.conv("b", builder.conv("a", "x", 16, 16, 3), 16, 16, 1);
    OnnxModel model = builder.output("b").build();
    QuantizationPlan plan =
        Plans.planner().withExcluded(NodeSelector.none().withName("b")).plan(model);

    Int8Share share = share(model, plan).orElseThrow();

    // 8 * 8 * 16 outputs of 16 * 9 and of 16 multiply-adds.
    assertThat(share).isEqualTo(new Int8Share(147_456, 163_840));
    assertThat(share.value()).isEqualTo(0.9);
    assertThat(share).hasToString("90.0 % of 163840 multiply-adds INT8");
  }

  @Test
  void of_openHeight_isNotKnown() {
    ModelBuilder builder = ModelBuilder.create();
    builder.conv("a", builder.input("x", 1, 16, "h", 8), 16, 16, 3);
    builder.gemm("g", builder.input("z", 1, 16), 16, 16);
    OnnxModel model = builder.output("a").output("g").build();

    assertThat(share(model, Plans.planner().plan(model))).isEmpty();
  }

  @Test
  void of_nothingToMultiply_isZero() {
    ModelBuilder builder = ModelBuilder.create();
    builder.add("Softmax", "s", List.of(builder.input("x", 1, 16)));
    OnnxModel model = builder.output("s").build();

    assertThat(share(model, Plans.planner().plan(model)).orElseThrow().value()).isZero();
  }

  @Test
  void of_residualModel_isWhollyInt8ButForTheHead() throws IOException {
    OnnxModel model = OnnxModel.read(Path.of("..", "data", "models", "resnet20_fp32.onnx"));
    PassPipeline.normalization().run(model);

    Int8Share share = share(model, Plans.planner().plan(model)).orElseThrow();

    // The float Gemm of 64 x 10 is what is missing.
    assertThat(share).isEqualTo(new Int8Share(40_517_632, 40_518_272));
  }

  @Test
  void int8Share_moreThanAll_isRefused() {
    assertThatThrownBy(() -> new Int8Share(3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("int8 is 3 and total 2");
  }

  private static Optional<Int8Share> share(OnnxModel model, QuantizationPlan plan) {
    ShapeInference shapes = ShapeInference.of(model.graph());
    return plan.int8Share(MultiplyAccumulates.of(model.graph(), shapes));
  }
}
