/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.QuantizationSpec;
import java.util.function.DoubleUnaryOperator;

/**
 * Keeps the range of least expected squared error, the sum of clipping and rounding noise.
 *
 * <p>Formula: the noise is that of {@link NoiseEstimate}. Symmetric codes: the least over the bin
 * edges t of [-t, t] with the step {@code t / (quantMax - zeroPoint)}, where the zero point is 0
 * for signed codes and in the middle for others. Asymmetric codes: the ends move in turns, each to
 * the bin edge of least noise while the other stays, from the full range on until neither moves;
 * the range holds 0, its step is {@code (upper - lower) / (quantMax - quantMin)}, and the rounding
 * of the zero point is left out. Of equal noises the widest range wins. The range is cut to the
 * values seen.
 *
 * <ul>
 *   <li>An outlier is clipped only when that costs less than the finer step gains all others: of
 *       10,000 values a single one hardly ever.
 *   <li>All-zero values and constants keep their range.
 *   <li>Turns find a minimum that neither end alone improves, not always the least of all.
 * </ul>
 *
 * <p>Cost: constant time per edge, from the outermost inwards until clipping alone is noisier than
 * the best, at most 4,096 edges; as much per turn, of which there are at most 8. Immutable and
 * thread-safe.
 *
 * <p>Source: R. Banner et al. (2019), Post training 4-bit quantization of convolutional networks
 * for rapid-deployment, arXiv:1810.05723, with the histogram in place of a fitted density.
 */
public final class MseSelector implements RangeSelector {

  private static final int MAX_TURNS = 8;

  private final QuantizationSpec spec;

  private MseSelector(QuantizationSpec spec) {
    this.spec = spec;
  }

  /**
   * Returns a selector for some codes.
   *
   * @param spec the codes; the more levels, the less is clipped; its granularity plays no part
   * @return the selector
   */
  public static MseSelector of(QuantizationSpec spec) {
    return new MseSelector(spec);
  }

  @Override
  public ValueRange select(HistogramSnapshot histogram) {
    ValueRange observed = Observed.range(histogram);
    if (observed.absoluteMaximum() == 0) {
      return observed;
    }
    NoiseModel model = new NoiseModel(histogram);
    return spec.isSymmetric() ? symmetric(histogram, model) : asymmetric(histogram, model);
  }

  private ValueRange symmetric(HistogramSnapshot histogram, NoiseModel model) {
    int zeroPoint = spec.type().isSigned() ? 0 : spec.quantMax() / 2 + 1;
    double steps = (double) spec.quantMax() - zeroPoint;
    double below = ((double) zeroPoint - spec.quantMin()) / steps;
    double best =
        leastNoise(
            histogram.absoluteMaximum(),
            histogram.binWidth(),
            t -> model.clipping(-t * below, t),
            t -> model.rounding(-t * below, t, t / steps));
    return Observed.part(histogram, -best, best);
  }

  private ValueRange asymmetric(HistogramSnapshot histogram, NoiseModel model) {
    double width = histogram.binWidth();
    double steps = stepCount();
    double below = Math.max(0, -(double) histogram.minimum());
    double above = Math.max(0, (double) histogram.maximum());
    double fullBelow = below;
    double fullAbove = above;
    boolean moved = true;
    for (int turn = 0; turn < MAX_TURNS && moved; turn++) {
      double fixed = below;
      double newAbove =
          leastNoise(
              fullAbove,
              width,
              t -> model.clipping(-fixed, t),
              t -> model.rounding(-fixed, t, (t + fixed) / steps));
      double newBelow =
          leastNoise(
              fullBelow,
              width,
              t -> model.clipping(-t, newAbove),
              t -> model.rounding(-t, newAbove, (t + newAbove) / steps));
      moved = newAbove != above || newBelow != below;
      above = newAbove;
      below = newBelow;
    }
    return Observed.part(histogram, -below, above);
  }

  private double stepCount() {
    return (double) spec.quantMax() - spec.quantMin();
  }

  /** Returns the magnitude of one end, from the full one inwards as long as clipping allows. */
  private static double leastNoise(
      double full, double width, DoubleUnaryOperator clipping, DoubleUnaryOperator rounding) {
    if (full == 0) {
      return 0;
    }
    double best = full;
    double least = clipping.applyAsDouble(full) + rounding.applyAsDouble(full);
    for (int bin = (int) Math.ceil(full / width) - 1; bin > 0; bin--) {
      double magnitude = bin * width;
      double clipped = clipping.applyAsDouble(magnitude);
      if (clipped >= least) {
        break;
      }
      double sum = clipped + rounding.applyAsDouble(magnitude);
      if (sum < least) {
        least = sum;
        best = magnitude;
      }
    }
    return best;
  }
}
