/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.range;

import io.github.quant4j.core.histogram.HistogramSnapshot;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.CodeLimits;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.QuantizationProfile;
import io.github.quant4j.core.qparams.QuantizationSpec;

/**
 * Expects the noise of quantizing the values of a histogram to a range, so that the ranges of
 * several selectors can be compared without running a model.
 *
 * <p>Formula, with scale s and codes that stand for the multiples of s from a to b, by {@link
 * QuantizationProfile#TENSORRT}:
 *
 * <ul>
 *   <li>clipping: {@code mean of (x - b)^2} over x above b, and {@code (x - a)^2} over x below a
 *   <li>rounding, for x inside: {@code x^2} where {@code |x| <= s / 2}, for such values become 0,
 *       and {@code s^2 / 12} elsewhere
 *   <li>signal: {@code mean of x^2}
 * </ul>
 *
 * <p>All means are over all values of the histogram. Values are taken as evenly spread in their
 * bin, the outermost bins ending at the extremes, and beyond the first step as evenly spread
 * between multiples of s.
 *
 * <p>Accuracy: a few per cent of the noise where a density is smooth over a step; values on few
 * points, such as whole numbers or constants, have a rounding noise of their own between 0 and
 * {@code s^2 / 4}. Zeros are exact but for a third of a squared bin width. Cost: one pass over the
 * bins. Thread-safe: no state.
 *
 * <p>Source: W. R. Bennett (1948), Spectra of quantized signals, Bell Syst. Tech. J. 27; R. Banner
 * et al. (2019), Post training 4-bit quantization of convolutional networks for rapid-deployment,
 * arXiv:1810.05723, which expects the same two noises of a fitted density instead of a histogram.
 */
public final class NoiseEstimate {

  private NoiseEstimate() {}

  /**
   * Returns the expected noise.
   *
   * @param histogram the histogram of at least one finite value
   * @param range the range that is kept
   * @param spec the codes; its granularity plays no part
   * @return the noise
   * @throws IllegalArgumentException if the histogram is empty
   */
  public static QuantizationNoise of(
      HistogramSnapshot histogram, ValueRange range, QuantizationSpec spec) {
    Observed.range(histogram);
    QuantizationProfile profile = QuantizationProfile.TENSORRT;
    QuantizationParameters parameters = profile.parameters(range, spec);
    CodeLimits limits = profile.limits(spec);
    double scale = parameters.scale(0);
    double lowest = scale * ((double) limits.minimum() - parameters.zeroPoint(0));
    double highest = scale * ((double) limits.maximum() - parameters.zeroPoint(0));
    return new NoiseModel(histogram).noise(lowest, highest, scale);
  }
}
