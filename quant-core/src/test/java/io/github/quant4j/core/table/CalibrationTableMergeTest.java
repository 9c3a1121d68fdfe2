/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.SeededFloats;
import io.github.quant4j.core.histogram.StreamingHistogram;
import io.github.quant4j.core.observer.MinMaxObserver;
import io.github.quant4j.core.observer.ValueRange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationTableMergeTest {

  private static final TensorStatistics ONE = new TensorStatistics(-0f, 1f, 3, 1);
  private static final TensorStatistics OTHER = new TensorStatistics(0f, 0.5f, 2, 4);
  private static final ValueRange CHOSEN = new ValueRange(-2f, 2f);

  /** Each tensor is missing in some shards; tables go through their file before they are merged. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void mergeOfShardsIsTheTableOfTheWhole(boolean hasHistograms) throws IOException {
    for (long seed = 0; seed < 100; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      List<float[][]> shards = new ArrayList<>();
      for (int i = floats.between(1, 6); i > 0; i--) {
        shards.add(new float[][] {values(floats), values(floats), values(floats)});
      }
      List<CalibrationTable> tables = new ArrayList<>();
      for (float[][] shard : shards) {
        tables.add(reread(table(List.<float[][]>of(shard), hasHistograms)));
      }
      Collections.shuffle(tables, new Random(seed));

      CalibrationTable whole = table(shards, hasHistograms);
      assertThat(CalibrationTable.merge(tables)).as("seed %s", seed).isEqualTo(whole);
      int cut = floats.between(1, tables.size());
      List<CalibrationTable> groups =
          new ArrayList<>(List.of(CalibrationTable.merge(tables.subList(0, cut))));
      groups.addAll(tables.subList(cut, tables.size()));
      assertThat(CalibrationTable.merge(groups)).as("seed %s, grouped", seed).isEqualTo(whole);
    }
  }

  @Test
  void mergeDropsChosenRangesAndTheirMethod() {
    TensorCalibration chosen = TensorCalibration.of(ONE).withRange(CHOSEN);
    CalibrationTable one = tableOf(chosen, Provenance.builder().method("entropy").build());
    CalibrationTable merged = CalibrationTable.merge(List.of(one, one));

    assertThat(merged.calibration("x").orElseThrow().chosenRange()).isEmpty();
    assertThat(merged.provenance().method()).isEmpty();
    assertThat(merged.statistics("x")).contains(new TensorStatistics(-0f, 1f, 6, 2));
    assertThat(CalibrationTable.merge(List.of(one)))
        .isEqualTo(tableOf(TensorCalibration.of(ONE), Provenance.builder().build()));
  }

  @Test
  void combineOfStatisticsOrdersZeros() {
    TensorStatistics combined = new TensorStatistics(-0f, 1f, 5, 5);

    assertThat(ONE.combine(OTHER)).isEqualTo(combined);
    assertThat(OTHER.combine(ONE)).isEqualTo(combined);
  }

  @Test
  void mergeKeepsOfTheProvenanceWhatHoldsOfAll() {
    Provenance.Builder one =
        Provenance.builder()
            .modelDigest("sha256:1")
            .dataDigest("sha256:2")
            .libraryVersion("Quant4J 1")
            .runtimeVersion("ONNX Runtime 1")
            .sampleCount(3);
    Provenance first = one.build();
    Provenance second = one.runtimeVersion("ONNX Runtime 2").sampleCount(4).build();

    assertThat(mergedProvenance(first)).isEqualTo(first);
    assertThat(mergedProvenance(Provenance.builder().build(), first, second))
        .isEqualTo(Provenance.builder().modelDigest("sha256:1").sampleCount(7).build());
    assertThat(mergedProvenance(second, first))
        .isEqualTo(
            Provenance.builder()
                .modelDigest("sha256:1")
                .libraryVersion("Quant4J 1")
                .sampleCount(7)
                .build());
    assertThat(mergedProvenance(first, second, first).runtimeVersion()).isEmpty();
  }

  @Test
  void mergeOfDifferentModelsIsRefused() {
    Provenance one = Provenance.builder().modelDigest("sha256:1").build();
    Provenance none = Provenance.builder().build();
    Provenance other = Provenance.builder().modelDigest("sha256:2").build();

    assertThatExceptionOfType(TableMergeException.class)
        .isThrownBy(() -> mergedProvenance(one, none, other))
        .withMessage(
            "the tables are of model digests 'sha256:1' and 'sha256:2', expected tables of one model")
        .satisfies(failure -> assertThat(failure.tensor()).isEmpty());
  }

  @Test
  void mergeOfChosenRangeAloneIsRefused() {
    CalibrationTable foreign = tableOf(TensorCalibration.of(CHOSEN), Provenance.builder().build());

    for (List<CalibrationTable> tables : List.of(List.of(foreign), List.of(seen(), foreign))) {
      assertThatExceptionOfType(TableMergeException.class)
          .isThrownBy(() -> CalibrationTable.merge(tables))
          .withMessage(
              "tensor 'x' cannot be merged: calibration has a chosen range alone, expected"
                  + " statistics to combine; another tool's range does not tell what was seen")
          .satisfies(failure -> assertThat(failure.tensor()).contains("x"));
    }
  }

  @Test
  void mergeOfHistogramWithNoneIsRefused() {
    StreamingHistogram histogram = StreamingHistogram.create();
    histogram.observe(FloatBuffer.wrap(new float[] {1f}));
    CalibrationTable counted =
        tableOf(TensorCalibration.of(histogram.snapshot()), Provenance.builder().build());

    for (List<CalibrationTable> tables :
        List.of(List.of(counted, seen()), List.of(seen(), counted))) {
      assertThatExceptionOfType(TableMergeException.class)
          .isThrownBy(() -> CalibrationTable.merge(tables))
          .withMessageStartingWith(
              "tensor 'x' cannot be merged: one calibration has a histogram and the other none,");
    }
  }

  @Test
  void mergeOfCountsBeyondALongIsRefused() {
    TensorStatistics full = new TensorStatistics(0f, 1f, Long.MAX_VALUE, 0);
    CalibrationTable values = tableOf(TensorCalibration.of(full), Provenance.builder().build());
    Provenance samples = Provenance.builder().sampleCount(Long.MAX_VALUE).build();

    assertThatExceptionOfType(TableMergeException.class)
        .isThrownBy(() -> CalibrationTable.merge(List.of(values, seen())))
        .withMessageStartingWith("tensor 'x' cannot be merged: the tables count more values than");
    assertThatExceptionOfType(TableMergeException.class)
        .isThrownBy(() -> mergedProvenance(samples, samples))
        .withMessage(
            "the tables count 9223372036854775807 and 9223372036854775807 samples,"
                + " expected at most 2^63 - 1 in all");
  }

  @Test
  void mergeOfNoTableIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CalibrationTable.merge(List.of()))
        .withMessage("tables is empty, expected at least one");
  }

  private static CalibrationTable table(List<float[][]> shards, boolean hasHistograms) {
    CalibrationTable.Builder table = CalibrationTable.builder().sampleCount(shards.size());
    for (int tensor = 0; tensor < shards.get(0).length; tensor++) {
      StreamingHistogram histogram = StreamingHistogram.create();
      MinMaxObserver range = MinMaxObserver.create();
      for (float[][] shard : shards) {
        histogram.observe(FloatBuffer.wrap(shard[tensor]));
        range.observe(FloatBuffer.wrap(shard[tensor]));
      }
      String name = "t" + tensor;
      if (histogram.count() > 0 && hasHistograms) {
        table.put(name, TensorCalibration.of(histogram.snapshot()));
      } else if (histogram.count() > 0) {
        ValueRange seen = range.range().orElseThrow();
        table.put(
            name,
            new TensorStatistics(
                seen.minimum(), seen.maximum(), range.count(), range.nonFiniteCount()));
      }
    }
    return table.build();
  }

  /** Returns values of any magnitude with a finite one among them, signed zeros, or no value. */
  private static float[] values(SeededFloats floats) {
    float[] values =
        switch (floats.between(0, 3)) {
          case 0 -> new float[0];
          case 1 -> new float[] {floats.between(0, 1) == 0 ? -0f : 0f};
          case 2 -> floats.anyBits(floats.between(1, 100));
          default -> floats.withNonFinite(floats.between(1, 100));
        };
    if (values.length > 0 && !Float.isFinite(values[0])) {
      values[0] = -0f;
    }
    return values;
  }

  private static CalibrationTable reread(CalibrationTable table) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CalibrationTableJson.write(table, out);
    return CalibrationTableJson.read(new ByteArrayInputStream(out.toByteArray()));
  }

  private static CalibrationTable seen() {
    return tableOf(TensorCalibration.of(ONE), Provenance.builder().build());
  }

  private static CalibrationTable tableOf(TensorCalibration calibration, Provenance provenance) {
    return CalibrationTable.builder().put("x", calibration).provenance(provenance).build();
  }

  private static Provenance mergedProvenance(Provenance... provenances) {
    List<CalibrationTable> tables = new ArrayList<>();
    for (Provenance provenance : provenances) {
      tables.add(CalibrationTable.builder().provenance(provenance).build());
    }
    return CalibrationTable.merge(tables).provenance();
  }
}
