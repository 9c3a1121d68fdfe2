/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import io.github.quant4j.core.quantize.QuantizationError;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.DoubleSummaryStatistics;
import java.util.Locale;

/**
 * The cosine of the angle between the vectors of two encoders, for each token and for each sentence
 * as the mean of its tokens; padding does not count. Not thread-safe.
 */
final class EmbeddingSimilarity {
  private final DoubleSummaryStatistics tokens = new DoubleSummaryStatistics();
  private final DoubleSummaryStatistics sentences = new DoubleSummaryStatistics();
  private final QuantizationError error = QuantizationError.create();

  /**
   * Adds a batch.
   *
   * @param mask int64 [N, length], 1 where there is a token
   * @param expected float32 [N, length, width]
   * @param actual float32 of the same shape
   */
  void add(Tensor mask, Tensor expected, Tensor actual) {
    int length = Math.toIntExact(mask.shape().dimension(1));
    int width = Math.toIntExact(expected.shape().dimension(2));
    for (int row = 0; row < mask.shape().dimension(0); row++) {
      float[] expectedSum = new float[width];
      float[] actualSum = new float[width];
      for (int i = row * length; i < (row + 1) * length; i++) {
        if (mask.longs().get(i) == 1) {
          float[] a = vector(expected, i, width);
          float[] b = vector(actual, i, width);
          tokens.accept(cosine(a, b));
          error.observe(FloatBuffer.wrap(a), FloatBuffer.wrap(b));
          addTo(expectedSum, a);
          addTo(actualSum, b);
        }
      }
      sentences.accept(cosine(expectedSum, actualSum));
    }
  }

  double meanOfTokens() {
    return tokens.getAverage();
  }

  double meanOfSentences() {
    return sentences.getAverage();
  }

  double worstOfSentences() {
    return sentences.getMin();
  }

  double sqnrDecibels() {
    return error.sqnrDecibels();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "cosine of tokens %.4f (worst %.4f of %d), of sentences %.4f (worst %.4f of %d), %.1f dB",
        tokens.getAverage(),
        tokens.getMin(),
        tokens.getCount(),
        sentences.getAverage(),
        sentences.getMin(),
        sentences.getCount(),
        sqnrDecibels());
  }

  private static float[] vector(Tensor tensor, int index, int width) {
    float[] vector = new float[width];
    tensor.floats().get(index * width, vector);
    return vector;
  }

  private static void addTo(float[] sum, float[] vector) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += vector[i];
    }
  }

  private static double cosine(float[] a, float[] b) {
    QuantizationError pair = QuantizationError.create();
    pair.observe(FloatBuffer.wrap(a), FloatBuffer.wrap(b));
    return pair.cosineSimilarity();
  }
}
