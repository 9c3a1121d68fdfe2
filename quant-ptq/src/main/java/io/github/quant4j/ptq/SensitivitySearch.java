/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.qdq.AddQuantizationSwitches;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the operators whose quantization costs a model's outputs most, by measuring each alone.
 *
 * <ol>
 *   <li>All operators in INT8 are measured; where that reaches the wanted ratio, nothing more is.
 *   <li>For an operator {@code i} the noise {@code n(i)} is the largest, over the float outputs, of
 *       {@code sum((r - a)^2) / sum(r^2)}, where {@code r} is the output of the float model and
 *       {@code a} that with operator {@code i} alone in INT8. Operators below 1/64 of the noise
 *       that the wanted ratio allows are left out.
 *   <li>The others are put in the order of {@code n(i) / (share(i) + 0.02)}, largest first, share
 *       being their part of the model's multiply-adds and 0.02 the price of one more change between
 *       two precisions. Operators that would take more than the allowed share out of INT8, together
 *       with those before them, are passed over.
 *   <li>Beginnings of that list are left float and measured as a whole, since noises may cancel as
 *       well as add up: of lengths 1, 2, 3, 4, 6, 9 and so on, each half as long again, to the
 *       first that reaches the wanted ratio; between it and the one before bisection finds a
 *       shorter one that does too.
 *   <li>Where none reaches it, the one of the best ratio is taken, provided it is 2 dB above that
 *       with all in INT8; else all stay INT8.
 * </ol>
 *
 * <p>Outputs whose shape changes with what is quantized, and those without a ratio (nothing but
 * zeros, or values that are not finite), do not count.
 *
 * <p>Cost: one run over the samples per operator, and about {@code 4 * log2} of their number.
 *
 * <p>Source: the ordering is that of greedy knapsack packing; measuring one layer at a time is the
 * sensitivity analysis of Wu, Judd, Zhang, Isaev and Micikevicius, "Integer Quantization for Deep
 * Learning Inference", 2020, section 6.
 */
final class SensitivitySearch {
  /** What one more change between float and INT8 is worth, as a share of all multiply-adds. */
  private static final double PRICE_OF_A_BREAK = 0.02;

  /** What leaving operators float must gain to be worth it short of the target, in decibels. */
  private static final double WORTHWHILE_GAIN = 2;

  /** An operator below this part of the noise allowed is not worth a break. */
  private static final double NEGLIGIBLE_PARTS = 64;

  private static final Logger LOGGER = LoggerFactory.getLogger(SensitivitySearch.class);

  private final InferenceSession session;
  private final List<String> operators;
  private final List<TensorBatch> samples;
  private final List<Map<String, Tensor>> references;

  /** Knows from run to run which outputs do not count, as mostly the first run shows. */
  private final OutputNoise noise = new OutputNoise();

  /**
   * @param session a model with switches
   * @param operators the operators in the order of the switches
   * @param samples at least one batch
   * @param references the float outputs of the float model on each batch, by name
   */
  SensitivitySearch(
      InferenceSession session,
      List<String> operators,
      List<TensorBatch> samples,
      List<Map<String, Tensor>> references) {
    this.session = session;
    this.operators = operators;
    this.samples = samples;
    this.references = references;
  }

  /**
   * Returns the operators to leave float.
   *
   * @param target the ratio of signal to noise to reach at the worst output, in decibels
   * @param shares the part of each operator in the multiply-adds of the model; 0 when absent
   * @param allowedShare the part that may become float
   * @return the ratio each of them leaves when it alone is in INT8, in decibels, by operator; empty
   *     where the target is reached without, or cannot be approached
   */
  SortedMap<String, Double> costliest(
      double target, Map<String, Double> shares, double allowedShare) {
    double plain = OutputNoise.decibels(noise(Set.copyOf(operators)));
    LOGGER.debug("{} of {} operators in INT8: {} dB", operators.size(), operators.size(), plain);
    if (plain >= target) {
      return new TreeMap<>();
    }
    Map<String, Double> noises = noises(Math.pow(10, -target / 10) / NEGLIGIBLE_PARTS);
    List<String> order = order(noises, shares, allowedShare);
    SortedMap<String, Double> costliest = new TreeMap<>();
    order
        .subList(0, shortest(order, target, plain))
        .forEach(
            operator ->
                costliest.put(operator, OutputNoise.decibels(noises.getOrDefault(operator, 0.0))));
    return costliest;
  }

  /** Returns the noise of each operator alone, where it is above the negligible. */
  private Map<String, Double> noises(double negligible) {
    Map<String, Double> noises = new HashMap<>();
    for (String operator : operators) {
      double noise = noise(Set.of(operator));
      if (noise > negligible) {
        noises.put(operator, noise);
      }
    }
    return noises;
  }

  private static List<String> order(
      Map<String, Double> noises, Map<String, Double> shares, double allowedShare) {
    Comparator<String> byCost =
        Comparator.comparingDouble(
            operator ->
                -noises.getOrDefault(operator, 0.0)
                    / (shares.getOrDefault(operator, 0.0) + PRICE_OF_A_BREAK));
    List<String> order = new ArrayList<>();
    double left = allowedShare;
    for (String operator :
        noises.keySet().stream().sorted(byCost.thenComparing(Comparator.naturalOrder())).toList()) {
      double share = shares.getOrDefault(operator, 0.0);
      if (share <= left) {
        order.add(operator);
        left -= share;
      }
    }
    return order;
  }

  /** Returns how many operators from the beginning of the list to leave float. */
  private int shortest(List<String> order, double target, double plain) {
    int best = 0;
    double bestRatio = plain + WORTHWHILE_GAIN;
    int tooShort = 0;
    for (int count = 1; count <= order.size(); count = next(count, order.size())) {
      double ratio = without(order, count);
      LOGGER.debug("{} of {} operators float: {} dB", count, operators.size(), ratio);
      if (ratio > bestRatio) {
        best = count;
        bestRatio = ratio;
      }
      if (ratio >= target) {
        return shortestBetween(order, tooShort, count, target);
      }
      tooShort = count;
    }
    return best;
  }

  private static int next(int count, int last) {
    return count < last ? Math.min(last, count + Math.max(1, count / 2)) : last + 1;
  }

  private int shortestBetween(List<String> order, int tooShort, int longEnough, double target) {
    int low = tooShort;
    int high = longEnough;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (without(order, middle) >= target) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  private double without(List<String> order, int count) {
    Set<String> quantized = new HashSet<>(operators);
    order.subList(0, count).forEach(quantized::remove);
    return OutputNoise.decibels(noise(quantized));
  }

  /** Returns the noise at the worst output relative to its signal, 0 where no output counts. */
  private double noise(Set<String> quantized) {
    noise.restart();
    for (int i = 0; i < samples.size(); i++) {
      noise.compare(references.get(i), run(samples.get(i), quantized));
    }
    return noise.worst();
  }

  private Map<String, Tensor> run(TensorBatch batch, Set<String> quantized) {
    byte[] switches = new byte[operators.size()];
    for (int i = 0; i < switches.length; i++) {
      switches[i] = (byte) (quantized.contains(operators.get(i)) ? 1 : 0);
    }
    Tensor tensor = Tensor.ofBytes(ElementType.BOOL, Shape.of(switches.length), switches);
    return session.run(batch, Map.of(AddQuantizationSwitches.INPUT, tensor));
  }
}
