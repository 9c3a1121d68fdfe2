/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.tensorrt.EngineReference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccuracyPassTest {
  /** Scores of two classes for each of five samples: the classes are 0, 1, 0, 1, 0. */
  private static final float[] SCORES = {2, 1, 1, 2, 2, 1, 1, 2, 2, 1};

  private static final EngineReference SAME = inputs -> Map.of("y", tensor(inputs));
  private static final EngineReference TENTH_OFF = scaled(1.1f);

  private final Map<String, String> failures = new LinkedHashMap<>();

  @Test
  void run_lastBatchFilledUp_countsEverySampleOnce() throws IOException {
    Map<String, EngineAccuracy> found = run(Map.of("same", SAME), 0, 1, 0, 0, 0);

    assertThat(found.get("same"))
        .isEqualTo(
            new EngineAccuracy(
                5, Double.POSITIVE_INFINITY, Optional.of(new TopOneAccuracy(5, 4, 4, 5))));
  }

  @Test
  void run_withoutLabels_measuresNoiseAlone() throws IOException {
    Map<String, EngineAccuracy> found = run(Map.of("off", TENTH_OFF));

    // The noise is 0.1 of the signal everywhere.
    assertThat(found.get("off"))
        .satisfies(
            accuracy -> {
              assertThat(accuracy.sqnrDecibels()).isCloseTo(20, within(1e-4));
              assertThat(accuracy.topOne()).isEmpty();
            });
  }

  @Test
  void run_engineThatFails_isToldOnceAndOthersAreMeasured() throws IOException {
    Map<String, EngineReference> engines = new LinkedHashMap<>();
    engines.put(
        "broken",
        inputs -> {
          throw new IllegalStateException("no answer");
        });
    engines.put("unlike", inputs -> Map.of("y", Tensor.ofFloats(Shape.of(1), 1)));
    engines.put("same", SAME);

    assertThat(run(engines)).containsOnlyKeys("same");
    assertThat(failures).containsOnlyKeys("broken", "unlike").containsEntry("broken", "no answer");
  }

  @Test
  void run_outputWithoutSamples_isComparedAsAWhole() throws IOException {
    EngineReference summary = inputs -> Map.of("y", Tensor.ofFloats(Shape.of(3), 1, 2, 3));

    assertThat(run(Map.of("same", summary), summary)).containsOnlyKeys("same");
  }

  @Test
  void verify_scoresThatLabelsDoNotFit_isRefusedBeforeAnyEngine() {
    AccuracyPass pass =
        new AccuracyPass(
            inputs -> Map.of("y", Tensor.ofFloats(Shape.of(2, 1, 1), 1, 2)),
            List.of("y"),
            new long[] {0, 1});

    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() -> pass.verify(Map.of(), 2))
        .withMessageContaining("cannot be compared with labels; expected [2, classes]");
  }

  private Map<String, EngineAccuracy> run(Map<String, EngineReference> engines, long... labels)
      throws IOException {
    return new AccuracyPass(SAME, List.of("y"), labels.length == 0 ? null : labels)
        .run(engines, samples(), this::note);
  }

  private Map<String, EngineAccuracy> run(
      Map<String, EngineReference> engines, EngineReference reference) throws IOException {
    return new AccuracyPass(reference, List.of("y"), null).run(engines, samples(), this::note);
  }

  private void note(String name, RuntimeException failure) {
    assertThat(failures.put(name, String.valueOf(failure.getMessage()))).isNull();
  }

  private static FilledBatches samples() throws IOException {
    TensorBatch all = TensorBatch.of(Map.of("x", Tensor.ofFloats(Shape.of(5, 2), SCORES)));
    return FilledBatches.of(CalibrationSource.of(List.of(all)), 2);
  }

  private static Tensor tensor(Map<String, Tensor> inputs) {
    assertThat(inputs).containsOnlyKeys("x");
    Tensor tensor = inputs.values().iterator().next();
    assertThat(tensor.shape()).isEqualTo(Shape.of(2, 2));
    return tensor;
  }

  private static EngineReference scaled(float factor) {
    return inputs -> {
      Tensor tensor = tensor(inputs);
      List<Float> values = new ArrayList<>();
      for (int i = 0; i < tensor.floats().remaining(); i++) {
        values.add(tensor.floats().get(i) * factor);
      }
      float[] scaled = new float[values.size()];
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = values.get(i);
      }
      return Map.of("y", Tensor.ofFloats(tensor.shape(), scaled));
    };
  }
}
