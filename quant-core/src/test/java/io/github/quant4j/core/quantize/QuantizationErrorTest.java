/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.SeededFloats;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class QuantizationErrorTest {

  /* Relative: sums of at most 20,000 terms, see the accuracy given by the class. */
  private static final Percentage TOLERANCE = Percentage.withPercentage(1e-10);

  @Test
  void measuresOfNothingAreNaN() {
    QuantizationError error = QuantizationError.create();

    assertThat(error.count()).isZero();
    assertThat(error.meanSquaredError()).isNaN();
    assertThat(error.sqnrDecibels()).isNaN();
    assertThat(error.cosineSimilarity()).isNaN();
    assertThat(error.maximumAbsoluteError()).isNaN();
  }

  @Test
  void measuresOfOnePairFollowTheFormulas() {
    QuantizationError error = compare(new float[] {10f}, new float[] {9f});

    assertThat(error.count()).isEqualTo(1);
    assertThat(error.meanSquaredError()).isEqualTo(1);
    assertThat(error.sqnrDecibels()).isEqualTo(20);
    assertThat(error.cosineSimilarity()).isEqualTo(1);
    assertThat(error.maximumAbsoluteError()).isEqualTo(1);
  }

  /*
   * Expected values made with onnxruntime 1.30.0 and numpy 2.4.6, x, c, s and run as in
   * AffineQuantizerGoldenTest:
   *   d = run('DequantizeLinear', c, s, 0).astype(np.float64); x = x.astype(np.float64); e = x - d
   *   np.mean(e*e), 10*np.log10(np.sum(x*x)/np.sum(e*e)), np.abs(e).max()
   *   np.dot(x, d) / np.sqrt(np.sum(x*x) * np.sum(d*d))
   */
  @Test
  void measuresOfQuantizedReferenceSetAreThoseOfNumpy() {
    float[] values = ReferenceSet.values();
    Shape shape = Shape.of(values.length);
    ByteBuffer codes = ByteBuffer.allocate(values.length);
    FloatBuffer back = FloatBuffer.allocate(values.length);
    AffineQuantizer quantizer =
        AffineQuantizer.of(QuantizationParameters.perTensor(0.038531926f, 0), -128, 127);
    quantizer.quantize(FloatBuffer.wrap(values), shape, codes);
    quantizer.dequantize(codes, shape, back);

    QuantizationError error = compare(values, back.array());

    assertThat(error.meanSquaredError()).isCloseTo(0.0001239215126605405, TOLERANCE);
    assertThat(error.sqnrDecibels()).isCloseTo(42.05532118906849, TOLERANCE);
    assertThat(error.cosineSimilarity()).isCloseTo(0.9999688544864674, TOLERANCE);
    assertThat(error.maximumAbsoluteError()).isEqualTo(0.019264042377471924);
  }

  @Test
  void equalTensorsHaveNoError() {
    QuantizationError error = compare(new float[] {1f, -2f}, new float[] {1f, -2f});

    assertThat(error.meanSquaredError()).isZero();
    assertThat(error.sqnrDecibels()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(error.cosineSimilarity()).isCloseTo(1, within(1e-15));
    assertThat(error.maximumAbsoluteError()).isZero();
  }

  @Test
  void zeroTensorsAreEqual() {
    QuantizationError error = compare(new float[2], new float[2]);

    assertThat(error.sqnrDecibels()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(error.cosineSimilarity()).isEqualTo(1);
  }

  @Test
  void zeroReferenceWithErrorHasNoSignal() {
    QuantizationError error = compare(new float[2], new float[] {1f, 0f});

    assertThat(error.sqnrDecibels()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(error.cosineSimilarity()).isZero();
  }

  @Test
  void zeroActualOfSignalIsZeroDecibels() {
    QuantizationError error = compare(new float[] {3f, 4f}, new float[2]);

    assertThat(error.sqnrDecibels()).isZero();
    assertThat(error.cosineSimilarity()).isZero();
    assertThat(error.maximumAbsoluteError()).isEqualTo(4);
  }

  @Test
  void oppositeTensorsHaveCosineMinusOne() {
    assertThat(compare(new float[] {1f, 3f}, new float[] {-1f, -3f}).cosineSimilarity())
        .isCloseTo(-1, within(1e-15))
        .isGreaterThanOrEqualTo(-1);
  }

  @Test
  void measuresWithNaNAreNaN() {
    QuantizationError error = compare(new float[] {1f, Float.NaN, 2f}, new float[] {1f, 0f, 2f});

    assertThat(error.meanSquaredError()).isNaN();
    assertThat(error.sqnrDecibels()).isNaN();
    assertThat(error.cosineSimilarity()).isNaN();
    assertThat(error.maximumAbsoluteError()).isNaN();
  }

  @Test
  void cosineOfZeroAndNaNIsNaN() {
    assertThat(compare(new float[1], new float[] {Float.NaN}).cosineSimilarity()).isNaN();
  }

  @Test
  void infiniteActualGivesInfiniteErrors() {
    QuantizationError error = compare(new float[] {1f}, new float[] {Float.POSITIVE_INFINITY});

    assertThat(error.meanSquaredError()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(error.maximumAbsoluteError()).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void largestValuesDoNotOverflow() {
    float[] values = {Float.MAX_VALUE, -Float.MAX_VALUE};
    float[] opposite = {-Float.MAX_VALUE, Float.MAX_VALUE};

    assertThat(compare(values, opposite).meanSquaredError()).isFinite();
    assertThat(compare(values, values).cosineSimilarity()).isCloseTo(1, within(1e-15));
  }

  @Test
  void smallestValuesDoNotUnderflow() {
    float[] values = {Float.MIN_VALUE};

    assertThat(compare(values, new float[1]).sqnrDecibels()).isZero();
    assertThat(compare(values, values).cosineSimilarity()).isEqualTo(1);
  }

  @Test
  void observeOfRandomPairsIsThatOfNaiveReferenceInAnySplit() {
    for (long seed = 0; seed < 50; seed++) {
      SeededFloats floats = SeededFloats.of(seed);
      int length = floats.between(1, 20_000);
      float[] reference = floats.finite(length);
      float[] actual = floats.finite(length);
      int split = floats.between(0, length);
      QuantizationError parts =
          compare(Arrays.copyOf(reference, split), Arrays.copyOf(actual, split))
              .combine(
                  compare(
                      Arrays.copyOfRange(reference, split, length),
                      Arrays.copyOfRange(actual, split, length)));

      assertThat(parts.count()).as("seed %d", seed).isEqualTo(length);
      assertIsNaive(parts, reference, actual, seed);
      assertIsNaive(compare(reference, actual), reference, actual, seed);
    }
  }

  @Test
  void observeLeavesPositions() {
    FloatBuffer reference = SeededFloats.offset(1f, 2f);
    FloatBuffer actual = SeededFloats.direct(0f, 1f, 2f).position(1);
    QuantizationError error = QuantizationError.create();
    error.observe(reference, actual);

    assertThat(error.maximumAbsoluteError()).isZero();
    assertThat(reference.position()).isEqualTo(1);
    assertThat(actual.position()).isEqualTo(1);
  }

  @Test
  void observeOfDifferentLengthsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compare(new float[2], new float[3]))
        .withMessage("actual has 3 values remaining, expected 2 as reference");
  }

  private static QuantizationError compare(float[] reference, float[] actual) {
    QuantizationError error = QuantizationError.create();
    error.observe(FloatBuffer.wrap(reference), FloatBuffer.wrap(actual));
    return error;
  }

  private static void assertIsNaive(
      QuantizationError error, float[] reference, float[] actual, long seed) {
    double squaredError = 0;
    double squaredReference = 0;
    double maximum = 0;
    for (int i = 0; i < reference.length; i++) {
      double difference = (double) reference[i] - actual[i];
      squaredError += difference * difference;
      squaredReference += (double) reference[i] * reference[i];
      maximum = Math.max(maximum, Math.abs(difference));
    }
    assertThat(error.meanSquaredError())
        .as("seed %d", seed)
        .isCloseTo(squaredError / reference.length, TOLERANCE);
    assertThat(error.sqnrDecibels())
        .as("seed %d", seed)
        .isCloseTo(10 * Math.log10(squaredReference / squaredError), within(1e-9));
    assertThat(error.maximumAbsoluteError()).as("seed %d", seed).isEqualTo(maximum);
  }
}
