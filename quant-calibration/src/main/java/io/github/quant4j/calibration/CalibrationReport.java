/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.observer.ValueRange;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How a calibration run went, and whether more data would change the scales. The same for the same
 * source, whatever ran in parallel and whether the run was resumed. Immutable and thread-safe.
 *
 * @param batchCount how many batches were observed
 * @param sampleCount how many samples they held
 * @param ending what ended the run
 * @param criterion when a range counts as settled
 * @param tensors how every tensor with a finite value moved, the largest movement first
 * @param nonFiniteCounts how many NaN and infinite values were left out, by tensor; only tensors
 *     that had any
 */
public record CalibrationReport(
    long batchCount,
    long sampleCount,
    Ending ending,
    Convergence criterion,
    List<TensorConvergence> tensors,
    SortedMap<String, Long> nonFiniteCounts) {

  private static final int LISTED = 5;

  /**
   * Copies the collections.
   *
   * @param batchCount how many batches were observed
   * @param sampleCount how many samples they held
   * @param ending what ended the run
   * @param criterion when a range counts as settled
   * @param tensors how every tensor with a finite value moved
   * @param nonFiniteCounts how many NaN and infinite values were left out, by tensor
   */
  public CalibrationReport {
    requireNonNull(ending, "ending");
    requireNonNull(criterion, "criterion");
    tensors = List.copyOf(tensors);
    nonFiniteCounts = Collections.unmodifiableSortedMap(new TreeMap<>(nonFiniteCounts));
  }

  /** What ended a calibration run. */
  public enum Ending {
    /** The source was read to its end. */
    COMPLETE,
    /** All ranges were settled, and {@link Convergence#stopsEarly()} was set. */
    CONVERGED
  }

  /**
   * Returns the tensors whose scales more data would change, as far as the last batches tell.
   *
   * @return those that moved by more than the threshold or had no value a window of batches ago,
   *     the largest movement first
   */
  public List<TensorConvergence> unsettled() {
    return tensors.stream().filter(tensor -> !tensor.isWithin(criterion.threshold())).toList();
  }

  /**
   * Returns how many tensors are settled.
   *
   * @return the count, from 0
   */
  public int settledCount() {
    return tensors.size() - unsettled().size();
  }

  /**
   * Returns whether all tensors are settled.
   *
   * @return false where there were no more batches than the window is long
   */
  public boolean isSettled() {
    return batchCount > criterion.window() && unsettled().isEmpty();
  }

  /**
   * Returns the report as a person reads it: how much was observed, what is not settled, and what
   * was left out.
   *
   * @return up to ten lines, each ended by a line feed; the same in every locale
   */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "observed %s tensors on %s samples in %s batches%s\n"
            .formatted(
                tensors.size(),
                sampleCount,
                batchCount,
                ending == Ending.CONVERGED ? ", ended early" : ""));
    text.append(verdict()).append('\n');
    unsettledIfComparable().stream().limit(LISTED).forEach(tensor -> text.append(line(tensor)));
    if (unsettledIfComparable().size() > LISTED) {
      text.append("  and %s more\n".formatted(unsettledIfComparable().size() - LISTED));
    }
    if (!nonFiniteCounts.isEmpty()) {
      text.append("left out NaN and infinite values: ").append(leftOut()).append('\n');
    }
    return text.toString();
  }

  private String verdict() {
    int window = criterion.window();
    if (batchCount <= window) {
      return "whether more data would change the scales cannot be told: it takes more than %s %s"
          .formatted(window, "batches; give smaller batches or a shorter window");
    }
    String threshold = percent(criterion.threshold());
    return isSettled()
        ? "more data would change the scales little: in the last %s batches none grew by more than %s"
            .formatted(window, threshold)
        : "more data would change the scales of %s of %s tensors: %s %s batches by more than %s"
            .formatted(
                unsettled().size(), tensors.size(), "they grew in the last", window, threshold);
  }

  private List<TensorConvergence> unsettledIfComparable() {
    return batchCount > criterion.window() ? unsettled() : List.of();
  }

  private static String line(TensorConvergence tensor) {
    return "  '%s' by %s, %sto %s, last jump in batch %s\n"
        .formatted(
            tensor.tensor(),
            percent(tensor.movement()),
            tensor.earlierRange().map(range -> "from " + ends(range) + " ").orElse(""),
            ends(tensor.range()),
            tensor.lastGrowth());
  }

  private String leftOut() {
    String listed =
        nonFiniteCounts.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(LISTED)
            .map(entry -> "%s of '%s'".formatted(entry.getValue(), entry.getKey()))
            .collect(Collectors.joining(", "));
    int more = nonFiniteCounts.size() - LISTED;
    return more > 0 ? listed + " and those of %s more tensors".formatted(more) : listed;
  }

  private static String ends(ValueRange range) {
    return "[%s, %s]".formatted(range.minimum(), range.maximum());
  }

  private static String percent(double share) {
    BigDecimal rounded = BigDecimal.valueOf(100 * share).round(new MathContext(3));
    return rounded.stripTrailingZeros().toPlainString() + " %";
  }
}
