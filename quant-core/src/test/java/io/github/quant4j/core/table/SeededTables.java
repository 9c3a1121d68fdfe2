/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import io.github.quant4j.core.SeededFloats;
import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.histogram.StreamingHistogram;
import io.github.quant4j.core.observer.ValueRange;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/** Makes reproducible calibrations of every kind under names of every kind. */
final class SeededTables {

  private static final String LETTERS = "abZ09/:._ -()[]*\"\\'{}\t\u00e9\u5c42\u2028";

  private final Random random;

  private SeededTables(long seed) {
    this.random = new Random(new SplittableRandom(seed).nextLong());
  }

  /** Returns a generator; equal seeds give equal tables. */
  static SeededTables of(long seed) {
    return new SeededTables(seed);
  }

  /** Returns up to 8 tensors. */
  Map<String, TensorCalibration> calibrations() {
    Map<String, TensorCalibration> calibrations = new LinkedHashMap<>();
    int count = random.nextInt(9);
    for (int i = 0; i < count; i++) {
      calibrations.put(name(), calibration());
    }
    return calibrations;
  }

  Provenance provenance() {
    Provenance.Builder provenance = Provenance.builder().sampleCount(random.nextLong() >>> 1);
    return random.nextBoolean()
        ? provenance.build()
        : provenance
            .modelDigest("sha256:" + name())
            .dataDigest(name())
            .method(name())
            .libraryVersion(name())
            .runtimeVersion(name())
            .build();
  }

  private String name() {
    StringBuilder name = new StringBuilder("t");
    int length = random.nextInt(12);
    for (int i = 0; i < length; i++) {
      name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return random.nextInt(4) == 0 ? name.appendCodePoint(0x1F40E).toString() : name.toString();
  }

  private TensorCalibration calibration() {
    TensorCalibration seen =
        switch (random.nextInt(3)) {
          case 0 -> TensorCalibration.of(range());
          case 1 -> TensorCalibration.of(statistics());
          default -> TensorCalibration.of(histogram());
        };
    return random.nextBoolean() ? seen : seen.withRange(range());
  }

  private ValueRange range() {
    float one = finite();
    float other = finite();
    return new ValueRange(Math.min(one, other), Math.max(one, other));
  }

  private TensorStatistics statistics() {
    ValueRange range = range();
    long count = Math.max(1, random.nextLong() >>> random.nextInt(64));
    return new TensorStatistics(
        range.minimum(), range.maximum(), Math.abs(count), random.nextLong() >>> 1);
  }

  private HistogramSnapshot histogram() {
    StreamingHistogram histogram = StreamingHistogram.create();
    histogram.observe(FloatBuffer.wrap(new float[] {finite()}));
    float[] values = SeededFloats.of(random.nextLong()).withNonFinite(random.nextInt(300));
    histogram.observe(FloatBuffer.wrap(values));
    return histogram.snapshot();
  }

  /** Returns any finite float32, each bit pattern as likely as the other. */
  private float finite() {
    float value = Float.NaN;
    while (!Float.isFinite(value)) {
      value = Float.intBitsToFloat(random.nextInt());
    }
    return random.nextInt(10) == 0 ? -0f : value;
  }
}
