/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.ShapeProfile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckRunsTest {
  private static final ShapeProfile SMALL =
      ShapeProfile.parse(List.of("x:1x16x8x8,2x16x8x8,8x16x8x8"));
  private static final ShapeProfile LARGE = ShapeProfile.parse(List.of("x:32x16x8x8"));

  @Test
  void of_noSamples_makesUpARunForEveryProfile() throws IOException {
    assertThat(batchSizes(TinyNetwork.harmless().build(), Optional.empty(), SMALL, LARGE))
        .containsExactly(2L, 32L);
  }

  @Test
  void of_noSamplesAndNothingOpen_makesUpTheShapeOfTheModel() throws IOException {
    assertThat(batchSizes(TinyNetwork.withRuin(3).build(), Optional.empty())).containsExactly(3L);
  }

  @Test
  void of_samples_areCutToTheFirstProfile() throws IOException {
    CalibrationSource samples = TinyNetwork.samples(9, 9);

    assertThat(batchSizes(TinyNetwork.harmless().build(), Optional.of(samples), SMALL, LARGE))
        .containsExactly(2L, 2L);
  }

  @Test
  void of_fewSamples_fillWhatTheModelTakesAtOnce() throws IOException {
    CalibrationSource samples = TinyNetwork.samples(1, 1);
    samples.next();

    assertThat(batchSizes(TinyNetwork.withRuin(3).build(), Optional.of(samples)))
        .containsExactly(3L);
  }

  @Test
  void of_emptySource_isRefused() {
    Optional<CalibrationSource> none = Optional.of(CalibrationSource.of(List.of()));

    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() -> batchSizes(TinyNetwork.harmless().build(), none, SMALL))
        .withMessageContaining("no sample to check the engine with");
  }

  @Test
  void of_integerInput_isOnes() throws IOException {
    TinyNetwork network = TinyNetwork.ofIds();
    network.add("Identity", "y", List.of("ids"));
    OnnxModel model = network.output("y", ElementType.INT64).build();
    Tensor ids =
        requireNonNull(new CheckRuns(model, List.of()).of(Optional.empty()).get(0).get("ids"));

    assertThat(ids.shape()).isEqualTo(Shape.of(1, 8));
    assertThat(ids.longs().get(7)).isEqualTo(1);
  }

  @Test
  void of_openAxisBehindTheFirst_asksForSamplesOrAProfile() {
    TinyNetwork network = TinyNetwork.ofMatrices("a");
    OnnxModel model = network.output(network.add("Relu", "y", List.of("a"))).build();

    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() -> new CheckRuns(model, List.of()).of(Optional.empty()))
        .withMessage(
            "input \"a\" is float[?, ?], expected sizes of all axes but the first; give samples or a"
                + " profile");
  }

  private static List<Long> batchSizes(
      OnnxModel model, Optional<CalibrationSource> samples, ShapeProfile... profiles)
      throws IOException {
    List<Map<String, Tensor>> runs = new CheckRuns(model, List.of(profiles)).of(samples);
    return runs.stream().map(run -> requireNonNull(run.get("x")).shape().dimension(0)).toList();
  }
}
