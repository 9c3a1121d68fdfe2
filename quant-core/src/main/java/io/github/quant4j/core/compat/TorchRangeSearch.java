/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.compat;

import io.github.quant4j.core.observer.ValueRange;

/**
 * The search of PyTorch's {@code HistogramObserver} for the range of least squared error.
 *
 * <p>Two quantiles, alpha from 0 and beta from 1, walk towards each other in steps of 1e-5; the one
 * whose step leaves out more bins moves. After every move that leaves out a bin the error of the
 * range is taken, and the first that is larger than the one before ends the search. So what is
 * found is the first local minimum on one path, not the least error of all ranges.
 *
 * <p>The error assumes values evenly spread in their bin, and 256 levels on the range. Of a bin
 * from a to b, with density {@code d = count / width}, it is {@code d * (integral of the squared
 * distance to the level's middle)} over the part in the level of a, the whole levels between, and
 * the part in the level of b: {@code d * (end^3 - begin^3) / 3} each. A bin inside a single level
 * gets two overlapping parts less one whole level, which is the same number but for rounding.
 *
 * <p>Used by one thread.
 */
final class TorchRangeSearch {

  private static final int LEVELS = 256;
  private static final double STEP = 1e-5;

  private final float[] counts;
  private final float minimum;
  private final float maximum;
  private final float[] sums;
  private final float[] errors;

  TorchRangeSearch(float[] counts, float minimum, float maximum) {
    this.counts = counts;
    this.minimum = minimum;
    this.maximum = maximum;
    this.sums = runningSums(counts);
    this.errors = new float[counts.length];
  }

  ValueRange best() {
    double total = CascadeSum.of(counts, counts.length);
    double alpha = 0;
    double beta = 1;
    int start = 0;
    int end = counts.length - 1;
    double least = Double.POSITIVE_INFINITY;
    while (alpha < beta) {
      double nextAlpha = alpha + STEP;
      double nextBeta = beta - STEP;
      int left = firstNotBelow((float) (nextAlpha * total), start, end);
      int right = lastNotAbove((float) (nextBeta * total), start, end);
      boolean startMoves = left - start > end - right;
      int nextStart = startMoves ? left : start;
      int nextEnd = startMoves ? end : right;
      alpha = startMoves ? nextAlpha : alpha;
      beta = startMoves ? beta : nextBeta;
      if (nextStart == start && nextEnd == end) {
        continue;
      }
      double error = error(nextStart, nextEnd);
      if (error > least) {
        break;
      }
      least = error;
      start = nextStart;
      end = nextEnd;
    }
    float width = (maximum - minimum) / counts.length;
    return new ValueRange(minimum + width * start, minimum + width * (end + 1));
  }

  private int firstNotBelow(float sum, int start, int end) {
    int bin = start;
    while (bin < end && sums[bin] < sum) {
      bin++;
    }
    return bin;
  }

  private int lastNotAbove(float sum, int start, int end) {
    int bin = end;
    while (bin > start && sums[bin] > sum) {
      bin--;
    }
    return bin;
  }

  /** Returns the squared error of quantizing to the bins from start to end, both included. */
  private double error(int start, int end) {
    double exactWidth = ((double) maximum - minimum) / counts.length;
    double exactLevel = exactWidth * (end - start + 1) / LEVELS;
    if (exactLevel == 0) {
      return 0;
    }
    float width = (float) exactWidth;
    float level = (float) exactLevel;
    float half = (float) (exactLevel / 2);
    float wholeLevel = (cube(half) - cube(-half)) / 3;
    for (int bin = 0; bin < counts.length; bin++) {
      float begin = (bin - start) * width;
      float stop = begin + width;
      float beginLevel = levelOf(begin, level);
      float stopLevel = levelOf(stop, level);
      float density = counts[bin] / width;
      float fromBegin = begin - (beginLevel + 0.5f) * level;
      float toStop = stop - (stopLevel * level + half);
      float error = density * ((cube(half) - cube(fromBegin)) / 3);
      error += (stopLevel - beginLevel - 1) * (density * wholeLevel);
      error += density * ((cube(toStop) - cube(-half)) / 3);
      errors[bin] = error;
    }
    return CascadeSum.of(errors, errors.length);
  }

  private static float levelOf(float distance, float level) {
    return Math.max(0f, Math.min(LEVELS - 1f, FloorDivision.of(distance, level)));
  }

  private static float cube(float x) {
    return x * x * x;
  }

  private static float[] runningSums(float[] counts) {
    float[] sums = new float[counts.length];
    double sum = 0;
    for (int bin = 0; bin < counts.length; bin++) {
      sum += counts[bin];
      sums[bin] = (float) sum;
    }
    return sums;
  }
}
