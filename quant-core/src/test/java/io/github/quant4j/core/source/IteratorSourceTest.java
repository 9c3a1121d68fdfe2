/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IteratorSourceTest {

  private static final Tensor TWO = Tensor.ofInts(Shape.of(2, 1), 0, 1);
  private static final TensorBatch BATCH = TensorBatch.of(Map.of("x", TWO));

  @Test
  void ofIteratorHandsOutItsBatchesOnce() throws IOException {
    CalibrationSource source = CalibrationSource.of(List.of(BATCH, BATCH).iterator());

    assertThat(source.sampleCount()).isEmpty();
    assertThat(source.isRewindable()).isFalse();
    assertThat(source.skip(2)).isZero();
    assertThat(source.next()).containsSame(BATCH);
    assertThat(source.next()).containsSame(BATCH);
    assertThat(source.next()).isEmpty();
    assertThat(source.next()).isEmpty();
    assertThatThrownBy(source::rewind)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("source is read once, expected a rewindable one");
  }

  @Test
  void ofStreamMakesBatchesWhenAskedAndClosesTheStreamOnce() throws IOException {
    AtomicInteger made = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    Stream<Map<String, Tensor>> stream =
        IntStream.range(0, 1_000_000)
            .mapToObj(
                i -> {
                  made.incrementAndGet();
                  return Map.of("x", TWO);
                })
            .onClose(closed::incrementAndGet);
    CalibrationSource source = CalibrationSource.of(stream);

    assertThat(source.next()).hasValueSatisfying(b -> assertThat(b).hasToString("{x=int32[2, 1]}"));
    assertThat(made).hasValueLessThan(3);
    source.close();
    source.close();
    assertThat(closed).hasValue(1);
    assertThatIllegalStateException().isThrownBy(source::next).withMessage("source is closed");
  }

  @Test
  void failureNamesTheBatchAndHasItsCause() throws IOException {
    IllegalStateException failure = new IllegalStateException("decoder is out of order");
    CalibrationSource source = CalibrationSource.of(failingAfterOne(failure));
    assertThat(source.next()).isPresent();

    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(source::next)
        .withMessage(
            "batch 2 cannot be made, expected a batch of tensors or the end:"
                + " decoder is out of order")
        .withCause(failure)
        .satisfies(e -> assertThat(e.batchNumber()).isEqualTo(2))
        .satisfies(e -> assertThat(e.tensor()).isEmpty());
  }

  @Test
  void failureToReadPassesUntouched() throws IOException {
    IOException failure = new IOException("disk is gone");
    CalibrationSource source =
        CalibrationSource.of(failingAfterOne(new UncheckedIOException(failure)));
    assertThat(source.next()).isPresent();

    assertThatThrownBy(source::next).isSameAs(failure);
  }

  @Test
  void failureToCloseTheStreamPassesUntouched() {
    IOException failure = new IOException("disk is gone");
    CalibrationSource source =
        CalibrationSource.of(
            Stream.<Map<String, Tensor>>empty()
                .onClose(
                    () -> {
                      throw new UncheckedIOException(failure);
                    }));

    assertThatThrownBy(source::close).isSameAs(failure);
  }

  @Test
  void nullAndMapsThatAreNoBatchAreReportedWithTheirNumber() {
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(
            CalibrationSource.of(Arrays.<TensorBatch>asList((TensorBatch) null).iterator())::next)
        .withMessageEndingWith(
            "batch 1 cannot be made, expected a batch of tensors or the end: batch is null");
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(
            CalibrationSource.of(Stream.of(Map.of("x", Tensor.ofInts(Shape.of(), 1))))::next)
        .withMessageStartingWith("batch 1 cannot be made")
        .withMessageEndingWith("tensor 'x' is a scalar, expected a first axis of samples");
  }

  private static Iterator<TensorBatch> failingAfterOne(RuntimeException failure) {
    return Stream.of(0, 1)
        .map(
            i -> {
              if (i == 1) {
                throw failure;
              }
              return BATCH;
            })
        .iterator();
  }
}
