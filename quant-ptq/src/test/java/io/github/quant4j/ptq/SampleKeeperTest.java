/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleKeeperTest {
  /** Returns samples whose one element is their index, and a label beside. */
  private static CalibrationSource counted(int count, int batchSize) {
    List<TensorBatch> batches = new ArrayList<>();
    for (int first = 0; first < count; first += batchSize) {
      long[] indices =
          IntStream.range(first, Math.min(count, first + batchSize)).mapToLong(i -> i).toArray();
      Tensor tensor = Tensor.ofLongs(Shape.of(indices.length, 1), indices);
      batches.add(TensorBatch.of(Map.of("index", tensor)));
    }
    return CalibrationSource.of(batches);
  }

  private static SampleKeeper read(CalibrationSource source, boolean canCut, long limit)
      throws IOException {
    SampleKeeper keeper = new SampleKeeper(source, canCut, limit);
    while (keeper.next().isPresent()) {
      // what is kept is looked at afterwards
    }
    return keeper;
  }

  private static List<Long> indices(SampleKeeper keeper) {
    List<Long> indices = new ArrayList<>();
    for (TensorBatch batch : keeper.kept()) {
      for (long i = 0; i < batch.sampleCount(); i++) {
        indices.add(batch.tensor("index").orElseThrow().longs().get((int) i));
      }
    }
    return indices;
  }

  @Test
  void next_samplesInAnyBatches_keepsTheSameOneByOne() throws IOException {
    for (int batchSize : new int[] {1, 3, 8, 50}) {
      SampleKeeper keeper = read(counted(50, batchSize), true, 32);

      assertThat(indices(keeper))
          .as("batches of %s", batchSize)
          .containsExactly(
              0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 16L, 17L, 18L, 19L, 32L, 33L, 34L,
              35L);
      assertThat(keeper.kept()).allMatch(batch -> batch.sampleCount() == 1);
    }
  }

  @Test
  void next_moreThanTheLimit_keepsNoMore() throws IOException {
    assertThat(indices(read(counted(50, 7), true, 5))).containsExactly(0L, 1L, 2L, 3L, 4L);
  }

  @Test
  void next_thatMayNotBeCut_keepsWholeBatches() throws IOException {
    assertThat(indices(read(counted(18, 2), false, 32)))
        .containsExactly(0L, 1L, 2L, 3L, 6L, 7L, 14L, 15L);
  }

  @Test
  void next_thatMayNotBeCutAndIsOverTheLimit_keepsTheFirst() throws IOException {
    assertThat(indices(read(counted(18, 9), false, 4))).hasSize(9);
  }

  @Test
  void next_samplesWithNonFiniteValues_areNotKept() throws IOException {
    assertThat(finite(true, 0, 1, 2, 3, 4, 5, 6, 9)).containsExactly(7f, 8f, 10f, 11f);
    assertThat(finite(true, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)).containsExactly(12f);
    assertThat(finite(false, 0, 3)).containsExactly(4f, 5f, 6f, 7f);
  }

  /** Returns what is kept of 13 samples in batches of two, all 0, 1, 2 but some NaN. */
  private static List<Float> finite(boolean canCut, int... nonFinite) throws IOException {
    List<TensorBatch> batches = new ArrayList<>();
    for (int first = 0; first < 13; first += 2) {
      float[] values = new float[Math.min(2, 13 - first)];
      for (int i = 0; i < values.length; i++) {
        int index = first + i;
        boolean isFinite = IntStream.of(nonFinite).noneMatch(other -> other == index);
        values[i] = isFinite ? index : Float.NaN;
      }
      batches.add(TensorBatch.of(Map.of("x", Tensor.ofFloats(Shape.of(values.length), values))));
    }
    List<Float> kept = new ArrayList<>();
    for (TensorBatch batch : read(CalibrationSource.of(batches), canCut, 32).kept()) {
      for (int i = 0; i < batch.sampleCount(); i++) {
        kept.add(batch.tensor("x").orElseThrow().floats().get(i));
      }
    }
    return kept;
  }

  @Test
  void next_samplesOfMoreThan64MiB_keepsAsManyAsFit() throws IOException {
    Tensor large =
        Tensor.of(ElementType.INT8, Shape.of(3, 30 << 20), ByteBuffer.allocate(90 << 20));
    CalibrationSource source = CalibrationSource.of(List.of(TensorBatch.of(Map.of("x", large))));

    assertThat(read(source, true, 32).kept()).hasSize(2);
  }

  @Test
  void next_oneSampleOfMoreThan64MiB_isKept() throws IOException {
    Tensor large =
        Tensor.of(ElementType.INT8, Shape.of(1, 65 << 20), ByteBuffer.allocate(65 << 20));
    TensorBatch batch = TensorBatch.of(Map.of("x", large));

    assertThat(read(CalibrationSource.of(List.of(batch, batch)), true, 32).kept()).hasSize(1);
  }

  @Test
  void next_sourceThatUsesItsBuffersAgain_keepsWhatItSaw() throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2});
    Tensor tensor = Tensor.of(ElementType.INT8, Shape.of(2, 1), buffer);
    SampleKeeper keeper =
        read(CalibrationSource.of(List.of(TensorBatch.of(Map.of("x", tensor)))), true, 32);
    buffer.put(0, (byte) 9).put(1, (byte) 9);

    assertThat(keeper.kept())
        .extracting(batch -> batch.tensor("x").orElseThrow().bytes().get(0))
        .containsExactly((byte) 1, (byte) 2);
  }

  @Test
  void rewind_startsAnew() throws IOException {
    SampleKeeper keeper = read(counted(3, 2), true, 32);
    assertThat(keeper.isRewindable()).isTrue();
    keeper.rewind();

    assertThat(keeper.kept()).isEmpty();
    assertThat(keeper.next()).isPresent();
    assertThat(indices(keeper)).containsExactly(0L, 1L);
    assertThat(keeper.sampleCount()).hasValue(3);
    keeper.close();
  }
}
