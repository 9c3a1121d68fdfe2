/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.histogram;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

/** The example of the package documentation. */
class UserGuideTest {

  @Test
  void histogramKeepsCountsInBinsOfAPowerOfTwo() {
    StreamingHistogram histogram = StreamingHistogram.create();
    histogram.observe(FloatBuffer.wrap(new float[] {-1f, 0.25f, 3f}));
    HistogramSnapshot snapshot = histogram.snapshot();

    assertThat(snapshot.binWidth()).isEqualTo(Math.pow(2, -10));
    assertThat(HistogramSnapshot.BIN_COUNT * snapshot.binWidth()).isEqualTo(4.0);
  }
}
