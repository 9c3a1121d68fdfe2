/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CalibrationSourceTest {

  private final TensorBatch first = batch(1, 2);
  private final TensorBatch second = batch(3);

  @Test
  void ofBatchesHandsThemOutOnceInOrder() throws IOException {
    CalibrationSource source = CalibrationSource.of(List.of(first, second));

    assertThat(source.next()).containsSame(first);
    assertThat(source.next()).containsSame(second);
    assertThat(source.next()).isEmpty();
    assertThat(source.next()).isEmpty();
  }

  @Test
  void rewindStartsOver() throws IOException {
    CalibrationSource source = CalibrationSource.of(List.of(first));
    assertThat(source.next()).isPresent();
    source.rewind();

    assertThat(source.isRewindable()).isTrue();
    assertThat(source.next()).containsSame(first);
  }

  @Test
  void skipPassesOverWholeBatchesThatFit() throws IOException {
    CalibrationSource source = CalibrationSource.of(List.of(first, second, first));

    assertThat(source.skip(1)).isZero();
    assertThat(source.skip(4)).isEqualTo(3);
    assertThat(source.next()).containsSame(first);
    assertThat(source.skip(4)).isZero();
  }

  @Test
  void sampleCountIsTheSumOverBatches() {
    assertThat(CalibrationSource.of(List.of(first, second)).sampleCount()).hasValue(3);
    assertThat(CalibrationSource.of(List.of()).sampleCount()).hasValue(0);
  }

  @Test
  void closedSourceIsRefused() throws IOException {
    CalibrationSource source = CalibrationSource.of(List.of(first));
    source.close();
    source.close();

    assertThatIllegalStateException().isThrownBy(source::next).withMessage("source is closed");
    assertThatIllegalStateException().isThrownBy(source::rewind);
    assertThatIllegalStateException().isThrownBy(() -> source.skip(1));
  }

  private static TensorBatch batch(int... values) {
    return TensorBatch.of(Map.of("x", Tensor.ofInts(Shape.of(values.length), values)));
  }
}
