/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.EngineMismatchException;
import io.github.quant4j.tensorrt.EnginePlan;
import io.github.quant4j.tensorrt.Precision;
import io.github.quant4j.tensorrt.ShapeProfile;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Needs a GPU, its driver and TensorRT. */
@Tag("gpu")
class CheckedBuildGpuTest {
  private static final ShapeProfile PROFILE =
      ShapeProfile.parse(List.of("x:1x16x8x8,4x16x8x8,8x16x8x8"));

  @Test
  void build_floatModelOnMadeUpSamples_agreesWithOnnxRuntime() throws IOException {
    assertAgrees(floatBuild(Precision.FP16), 20);
  }

  @Test
  void build_pairsOnSamples_agreesWithOnnxRuntime() throws IOException {
    OnnxModel int8 =
        PostTrainingQuantization.of(TinyNetwork.harmless().build())
            .run(TinyNetwork.samples(32, 8))
            .model();

    assertAgrees(
        CheckedBuild.of(int8)
            .options(builder -> builder.precision(Precision.INT8).profile(PROFILE))
            .samples(TinyNetwork.samples(5, 5)),
        10);
  }

  @Test
  void build_engineFartherFromTheModelThanWanted_isNotHandedOut() throws IOException {
    assertThatExceptionOfType(EngineMismatchException.class)
        .isThrownBy(() -> floatBuild(Precision.FP16).minimumSqnr(1000).build())
        .satisfies(failure -> assertThat(failure.agreements()).hasSize(1));
    assertThat(floatBuild(Precision.FP16).minimumSqnr(1000).unchecked().build().agreements())
        .isEmpty();
  }

  /** TensorRT takes axes that are all named "?" for equally long. */
  @Test
  void build_axesOfUnknownSize_mayDiffer() throws IOException {
    TinyNetwork network = TinyNetwork.ofMatrices("a");
    OnnxModel model = network.output(network.add("Relu", "y", List.of("a"))).build();

    assertAgrees(
        CheckedBuild.of(model)
            .options(builder -> builder.profile(ShapeProfile.parse(List.of("a:1x2,2x3,4x8")))),
        40);
  }

  private static CheckedBuild floatBuild(Precision precision) {
    return CheckedBuild.of(TinyNetwork.harmless().build())
        .options(builder -> builder.precision(precision).profile(PROFILE));
  }

  private static void assertAgrees(CheckedBuild build, double decibels) throws IOException {
    EnginePlan plan = build.build();

    assertThat(plan.agreements())
        .singleElement()
        .satisfies(
            agreement -> {
              assertThat(agreement.sqnrDecibels()).isGreaterThan(decibels);
              assertThat(agreement.nonFiniteCount()).isZero();
            });
  }
}
