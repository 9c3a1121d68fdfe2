/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.histogram.StreamingHistogram;
import io.github.quant4j.core.observer.ValueRange;
import java.nio.FloatBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** From the table to TensorRT's cache and back. */
class TensorRtConversionTest {

  private static final String HEADER = "TRT-100600-MinMaxCalibration";

  @Test
  void fromWritesAbsoluteMaximumOver127InOrderOfNames() {
    CalibrationTable table =
        CalibrationTable.builder()
            .put("b", TensorCalibration.of(new ValueRange(-2, 2)))
            .put("a", new TensorStatistics(-5, 1, 10, 0))
            .build();
    TensorRtCalibrationCache cache = TensorRtCalibrationCache.from(table, HEADER).result();

    assertThat(cache.tensors()).containsExactly("a", "b");
    assertThat(cache.scale("a")).contains(5f / 127f);
    assertThat(cache.scale("b")).contains(2f / 127f);
    assertThat(cache.header()).isEqualTo(HEADER);
  }

  @Test
  void fromSaysWhatGetsLost() {
    StreamingHistogram histogram = StreamingHistogram.create();
    histogram.observe(FloatBuffer.wrap(new float[] {-1, 1}));
    CalibrationTable table =
        CalibrationTable.builder()
            .put(
                "a", TensorCalibration.of(histogram.snapshot()).withRange(new ValueRange(-1, 0.5f)))
            .put("b", new TensorStatistics(0, 1, 10, 0))
            .put("dead", TensorCalibration.of(new ValueRange(0, 0)))
            .put("tiny", TensorCalibration.of(new ValueRange(-1e-38f, 1e-38f)))
            .sampleCount(3)
            .build();

    assertThat(TensorRtCalibrationCache.from(table, HEADER).losses())
        .containsExactly(
            "asymmetric range widened to its largest magnitude (2 tensors, first 'a')",
            "counts of values left out (2 tensors, first 'a')",
            "histogram left out (tensor 'a')",
            "minimum and maximum left out in favour of the chosen range (tensor 'a')",
            "range 0 written as scale 1 (tensor 'dead')",
            "scale raised to the smallest normal float32 (tensor 'tiny')",
            "provenance left out");
  }

  @Test
  void fromLosesNothingOfSymmetricRanges() {
    CalibrationTable table =
        CalibrationTable.builder().put("a", TensorCalibration.of(new ValueRange(-1, 1))).build();

    assertThat(TensorRtCalibrationCache.from(table, HEADER).losses()).isEmpty();
  }

  @Test
  void fromNameWithLineBreakIsRefused() {
    CalibrationTable table =
        CalibrationTable.builder().put("a\rb", TensorCalibration.of(new ValueRange(-1, 1))).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorRtCalibrationCache.from(table, HEADER))
        .withMessageContaining("line break");
  }

  @Test
  void toTableKeepsHeaderAsProvenance() {
    Conversion<CalibrationTable> conversion =
        TensorRtCalibrationCache.of(HEADER, Map.of("a", 1f / 127f)).toTable();

    assertThat(conversion.losses()).isEmpty();
    assertThat(conversion.result())
        .isEqualTo(
            CalibrationTable.builder()
                .put("a", TensorCalibration.of(new ValueRange(-1, 1)))
                .provenance(
                    Provenance.builder()
                        .method("MinMaxCalibration")
                        .runtimeVersion("TensorRT 100600")
                        .build())
                .build());
  }

  @Test
  void toTableOfZeroScaleHasZeroRange() {
    CalibrationTable table =
        TensorRtCalibrationCache.of(HEADER, Map.of("a", 0f)).toTable().result();

    assertThat(table.range("a")).contains(new ValueRange(0f, 0f));
  }

  @Test
  void toTableOfHugeScaleIsLimited() {
    Conversion<CalibrationTable> conversion =
        TensorRtCalibrationCache.of(HEADER, Map.of("a", 1e38f)).toTable();

    assertThat(conversion.result().range("a"))
        .contains(new ValueRange(-Float.MAX_VALUE, Float.MAX_VALUE));
    assertThat(conversion.losses())
        .containsExactly("range limited to the largest float32 (tensor 'a')");
  }

  /** All scales of two binades that are float32 quotients by 127, which covers every mantissa. */
  @Test
  void scaleOfAnyRangeComesBackBitForBit() {
    int first = Float.floatToIntBits(64f);
    int last = Float.floatToIntBits(256f);
    int changed = 0;
    for (int bits = first; bits < last; bits++) {
      float scale = Float.intBitsToFloat(bits) / 127f;
      float end = scale * 127f;
      if (end / 127f != scale) {
        changed++;
      }
    }

    assertThat(changed).isZero();
  }
}
