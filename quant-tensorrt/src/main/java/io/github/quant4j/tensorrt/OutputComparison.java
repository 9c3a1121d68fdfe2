/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.quantize.QuantizationError;
import io.github.quant4j.core.tensor.FloatElements;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Collects how one output of an engine differs from a reference. Not thread-safe. */
final class OutputComparison {

  private final String output;
  private final QuantizationError error = QuantizationError.create();
  private long count;
  private long equalCount;
  private long nonFiniteCount;

  OutputComparison(String output) {
    this.output = output;
  }

  /** Whether two answers have elements that can be paired. */
  static boolean isComparable(Tensor expected, Tensor actual) {
    boolean isOneKind =
        expected.elementType() == actual.elementType()
            || (FloatElements.isFloat(expected.elementType())
                && FloatElements.isFloat(actual.elementType()));
    return isOneKind && expected.shape().equals(actual.shape());
  }

  /** Takes in two answers that are comparable. */
  void observe(Tensor expected, Tensor actual) {
    if (FloatElements.isFloat(actual.elementType())) {
      observe(FloatElements.of(expected), FloatElements.of(actual));
    } else {
      observe(expected.bytes(), actual.bytes(), Math.max(1, actual.elementType().bitWidth() / 8));
    }
  }

  /** Takes in all pairs that another comparison has seen. */
  void combine(OutputComparison other) {
    error.combine(other.error);
    count += other.count;
    equalCount += other.equalCount;
    nonFiniteCount += other.nonFiniteCount;
  }

  OutputAgreement agreement() {
    return new OutputAgreement(
        output,
        error.sqnrDecibels(),
        error.maximumAbsoluteError(),
        nonFiniteCount,
        count == 0 ? 1 : (double) equalCount / count);
  }

  private void observe(float[] expected, float[] actual) {
    int finite = 0;
    for (int index = 0; index < actual.length; index++) {
      float reference = expected[index];
      float answer = actual[index];
      if (reference == answer || (Float.isNaN(reference) && Float.isNaN(answer))) {
        equalCount++;
      }
      if (Float.isFinite(reference) && Float.isFinite(answer)) {
        // Pairs are packed to the front: nobody else sees these arrays.
        expected[finite] = reference;
        actual[finite] = answer;
        finite++;
      } else if (Float.compare(reference, answer) != 0) {
        nonFiniteCount++;
      }
    }
    count += actual.length;
    error.observe(FloatBuffer.wrap(expected, 0, finite), FloatBuffer.wrap(actual, 0, finite));
  }

  private void observe(ByteBuffer expected, ByteBuffer actual, int width) {
    long unequalCount = 0;
    int next = expected.mismatch(actual);
    while (next >= 0) {
      unequalCount++;
      int rest = (next / width + 1) * width;
      int further = expected.position(rest).mismatch(actual.position(rest));
      next = further < 0 ? -1 : rest + further;
    }
    count += actual.limit() / width;
    equalCount += actual.limit() / width - unequalCount;
  }
}
