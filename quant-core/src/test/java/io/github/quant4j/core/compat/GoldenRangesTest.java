/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.QuantizationException;
import io.github.quant4j.core.observer.ValueRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/* Ranges that the peers' own code gave; golden_observers.py makes the files anew. */
class GoldenRangesTest {

  private static final String AVERAGE_ROUNDS = "ort-minmax-average-rounds";
  private static final Map<String, Supplier<PeerCalibrator>> CALIBRATORS =
      Map.of(
          "torch-histogram",
          TorchHistogramObserver::create,
          "ort-entropy-128-128",
          OnnxRuntimeEntropyCalibrator::create,
          "ort-entropy-512-128",
          () -> OnnxRuntimeEntropyCalibrator.create(512, 128),
          "ort-entropy-2048-128",
          () -> OnnxRuntimeEntropyCalibrator.create(2048, 128),
          "ort-percentile-99.9-symmetric",
          () -> OnnxRuntimePercentileCalibrator.symmetric(99.9),
          "ort-percentile-99.9-asymmetric",
          () -> OnnxRuntimePercentileCalibrator.asymmetric(99.9),
          "ort-percentile-99.999-symmetric",
          () -> OnnxRuntimePercentileCalibrator.symmetric(99.999),
          "ort-minmax",
          () -> OnnxRuntimeMinMaxCalibrator.create(false),
          "ort-minmax-symmetric-average",
          () -> OnnxRuntimeMinMaxCalibrator.averaging(true, 0.01),
          AVERAGE_ROUNDS,
          () -> OnnxRuntimeMinMaxCalibrator.averaging(false, 0.01));

  record Case(
      String method,
      String distribution,
      int size,
      long seed,
      int batchCount,
      String minimum,
      String maximum) {

    static Case of(String method, String line) {
      String[] fields = line.split(",", -1);
      return new Case(
          method,
          fields[0],
          Integer.parseInt(fields[1]),
          Long.parseLong(fields[2]),
          Integer.parseInt(fields[3]),
          fields[4],
          fields[5]);
    }

    boolean isFailure() {
      return minimum.equals("error");
    }

    ValueRange range() {
      return Batch.ordered(Float.parseFloat(minimum), Float.parseFloat(maximum));
    }
  }

  static Stream<Case> cases() {
    return CALIBRATORS.keySet().stream().sorted().flatMap(GoldenRangesTest::casesOf);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void range_ofGoldenData_isThatOfThePeer(Case golden) {
    float[][] batches =
        GoldenData.batches(
            golden.distribution(), golden.size(), golden.seed(), golden.batchCount());

    if (golden.isFailure()) {
      assertThatThrownBy(() -> range(golden.method(), batches))
          .isInstanceOf(QuantizationException.class);
    } else {
      assertThat(unsignedZeros(range(golden.method(), batches)))
          .isEqualTo(unsignedZeros(golden.range()));
    }
  }

  private static ValueRange range(String method, float[][] batches) {
    PeerCalibrator calibrator = requireNonNull(CALIBRATORS.get(method), method).get();
    for (float[] batch : batches) {
      calibrator.observe(batch);
      if (method.equals(AVERAGE_ROUNDS)) {
        ((OnnxRuntimeMinMaxCalibrator) calibrator).endRound();
      }
    }
    return calibrator.range();
  }

  /** Which zero is the smallest depends on the processor in NumPy. */
  private static ValueRange unsignedZeros(ValueRange range) {
    return new ValueRange(range.minimum() + 0f, range.maximum() + 0f);
  }

  private static Stream<Case> casesOf(String method) {
    try (InputStream input =
        requireNonNull(
            GoldenRangesTest.class.getResourceAsStream("/golden/" + method + ".csv"), method)) {
      List<String> lines =
          new String(input.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      return lines.stream().filter(line -> !line.startsWith("#")).map(l -> Case.of(method, l));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
