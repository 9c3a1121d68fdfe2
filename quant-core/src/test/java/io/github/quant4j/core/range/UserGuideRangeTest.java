/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.histogram.StreamingHistogram;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.QuantizationSpec;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

/** Holds the example of the package description. */
class UserGuideRangeTest {

  @Test
  void rangeExampleHolds() {
    StreamingHistogram histogram = StreamingHistogram.create();
    histogram.observe(FloatBuffer.wrap(new float[] {-1f, 0.25f, 3f}));
    HistogramSnapshot snapshot = histogram.snapshot();
    ValueRange all = MinMaxSelector.create().select(snapshot); // -1 to 3
    QuantizationNoise noise = NoiseEstimate.of(snapshot, all, QuantizationSpec.INT8_ACTIVATION);
    double decibels = noise.sqnrDecibels(); // 50.3

    assertThat(all).isEqualTo(new ValueRange(-1f, 3f));
    assertThat(decibels).isCloseTo(50.3, within(0.1));
  }
}
