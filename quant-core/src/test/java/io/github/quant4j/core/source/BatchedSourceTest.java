/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import static io.github.quant4j.core.source.CountingSource.samples;
import static io.github.quant4j.core.source.CountingSource.sizes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchedSourceTest {

  private static final TensorBatch PAIR = batch("x", Tensor.ofFloats(Shape.of(2, 1), 1, 2));

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 7", "5, 3", "3, 5", "4, 4", "10, 1000", "23, 4"})
  void nextGivesEqualBatchesAndTheRest(int sourceSize, int batchSize) throws IOException {
    CalibrationSource source = new CountingSource(23, sourceSize, 2).batched(batchSize);
    List<Long> sizes = sizes(source);
    source.rewind();

    assertThat(sizes.subList(0, sizes.size() - 1))
        .allSatisfy(size -> assertThat(size).isEqualTo(batchSize));
    assertThat(sizes.get(sizes.size() - 1)).isEqualTo((23 - 1) % batchSize + 1);
    assertThat(samples(source)).isEqualTo(IntStream.range(0, 23).boxed().toList());
  }

  @Test
  void nextOfFittingBatchIsTheBatchItself() throws IOException {
    assertThat(CalibrationSource.of(List.of(PAIR)).batched(2).next()).containsSame(PAIR);
    assertThat(CalibrationSource.of(List.of(PAIR)).batched(3).next().orElseThrow().names())
        .containsExactly("x");
  }

  @Test
  void nextJoinsEveryTensorInTheOrderOfNames() throws IOException {
    Map<String, Tensor> one = new LinkedHashMap<>();
    one.put("y", Tensor.ofLongs(Shape.of(1, 2), 1, 2));
    one.put("x", Tensor.ofBytes(ElementType.BOOL, Shape.of(1), (byte) 1));
    Map<String, Tensor> other = new LinkedHashMap<>();
    other.put("x", Tensor.ofBytes(ElementType.BOOL, Shape.of(2), (byte) 0, (byte) 1));
    other.put("y", Tensor.ofLongs(Shape.of(2, 2), 3, 4, 5, 6));
    TensorBatch joined =
        CalibrationSource.of(List.of(TensorBatch.of(one), TensorBatch.of(other)))
            .batched(3)
            .next()
            .orElseThrow();

    assertThat(joined).hasToString("{y=int64[3, 2], x=bool[3]}");
    assertThat(joined.tensor("y").orElseThrow().longs().get(4)).isEqualTo(5);
    assertThat(joined.tensor("x").orElseThrow().bytes().get(1)).isZero();
  }

  @Test
  void joinOfOtherShapeIsRefused() {
    refused(batch("x", Tensor.ofFloats(Shape.of(1, 2), 3, 4)))
        .withMessage(
            "tensor 'x' has samples of float[2] in batch 2, expected float[1] as in batch 1;"
                + " bring the samples to one type and shape, or use batches of one sample");
  }

  @Test
  void joinOfOtherTypeIsRefused() {
    refused(batch("x", Tensor.ofInts(Shape.of(1, 1), 3)))
        .withMessageStartingWith(
            "tensor 'x' has samples of int32[1] in batch 2, expected float[1] as in batch 1;");
  }

  @Test
  void joinOfOtherNamesIsRefused() {
    Tensor three = Tensor.ofFloats(Shape.of(1, 1), 3);
    refused(batch("y", three))
        .withMessage(
            "tensor 'x' of batch 1 is missing in batch 2, expected the same tensors in all batches")
        .satisfies(
            failure -> {
              assertThat(failure.tensor()).contains("x");
              assertThat(failure.batchNumber()).isEqualTo(2);
            });
    refused(TensorBatch.of(Map.of("x", three, "y", three)))
        .withMessage(
            "tensor 'y' of batch 2 is missing in batch 1, expected the same tensors in all batches");
  }

  @Test
  void batchesOfOneSampleMayDifferInShape() throws IOException {
    TensorBatch wide = batch("x", Tensor.ofFloats(Shape.of(2, 2), 3, 4, 5, 6));

    assertThat(sizes(CalibrationSource.of(List.of(PAIR, wide)).batched(1)))
        .containsExactly(1L, 1L, 1L, 1L);
  }

  @Test
  void elementsPackedAcrossSamplesAreNeitherCutNorJoined() throws IOException {
    TensorBatch packed = batch("x", packed(2));

    assertThat(CalibrationSource.of(List.of(packed)).batched(2).next()).containsSame(packed);
    for (int batchSize : new int[] {1, 3}) {
      CalibrationSource source = CalibrationSource.of(List.of(packed, packed)).batched(batchSize);
      assertThatExceptionOfType(SourceException.class)
          .isThrownBy(() -> sizes(source))
          .withMessageMatching(
              "tensor 'x' of batch [12] packs samples of int4\\[3] across bytes, expected samples of"
                  + " whole bytes to cut or join; keep its batches as they are");
    }
  }

  @Test
  void batchSizeBelowOneIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CountingSource(1, 1).batched(0))
        .withMessage("batchSize is 0, expected 1 or more");
  }

  private static ThrowableAssertAlternative<SourceException> refused(TensorBatch second) {
    CalibrationSource source = CalibrationSource.of(List.of(PAIR, second)).batched(3);
    return assertThatExceptionOfType(SourceException.class).isThrownBy(source::next);
  }

  private static Tensor packed(int sampleCount) {
    byte[] bytes = new byte[(sampleCount * 3 + 1) / 2];
    return Tensor.of(ElementType.INT4, Shape.of(sampleCount, 3), ByteBuffer.wrap(bytes));
  }

  private static TensorBatch batch(String name, Tensor tensor) {
    return TensorBatch.of(Map.of(name, tensor));
  }
}
