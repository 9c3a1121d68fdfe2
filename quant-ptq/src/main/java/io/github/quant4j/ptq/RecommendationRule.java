/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.ptq.EngineRecommendation.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Chooses the fastest engine that keeps the accuracy, and the baseline where that gains next to
 * nothing.
 *
 * @param largestDropPoints how many percentage points of top-1 may be lost, where labels were given
 * @param smallestSqnr the ratio of signal to noise to keep where there were none, in decibels
 */
record RecommendationRule(double largestDropPoints, double smallestSqnr) {
  static final RecommendationRule DEFAULT = new RecommendationRule(0.5, 20);

  /** Less is not worth the risk that goes with fewer bits. */
  private static final double WORTHWHILE_SPEEDUP = 1.02;

  private static final Comparator<EngineRow> BY_SPEED =
      Comparator.comparingDouble(RecommendationRule::speedup);

  RecommendationRule withLargestDrop(double points) {
    return new RecommendationRule(points, smallestSqnr);
  }

  RecommendationRule withSmallestSqnr(double decibels) {
    return new RecommendationRule(largestDropPoints, decibels);
  }

  /** Chooses among the rows that were timed. */
  EngineRecommendation choose(List<EngineRow> rows) {
    List<EngineRow> timed = rows.stream().filter(row -> row.speed().isPresent()).toList();
    if (timed.isEmpty()) {
      return none("none: no engine was timed");
    }
    List<EngineRow> keeping = timed.stream().filter(this::keepsAccuracy).toList();
    Optional<EngineRow> faithless = timed.stream().filter(row -> !keepsAccuracy(row)).max(BY_SPEED);
    Optional<EngineRow> fastest = keeping.stream().max(BY_SPEED);
    if (fastest.isEmpty()) {
      return none("none: no engine keeps the accuracy" + faithless.map(this::lacking).orElse(""));
    }
    EngineRow baseline =
        timed.stream().filter(row -> !isRelated(row)).findFirst().orElse(timed.get(0));
    String beyond =
        faithless.filter(row -> speedup(row) > speedup(fastest.get())).map(this::told).orElse("");
    if (!keeping.contains(baseline)) {
      return chosen(
          Verdict.ACCURATE,
          fastest.get(),
          "%s, while %s has %s"
              .formatted(
                  comparedText(fastest.get(), baseline), baseline.name(), accuracyText(baseline)));
    }
    if (speedup(fastest.get()) >= WORTHWHILE_SPEEDUP) {
      return chosen(Verdict.FASTER, fastest.get(), comparedText(fastest.get(), baseline) + beyond);
    }
    return chosen(Verdict.BASELINE, baseline, othersText(keeping, baseline) + beyond);
  }

  private static EngineRecommendation none(String reason) {
    return new EngineRecommendation(Verdict.NONE, Optional.empty(), reason);
  }

  private static EngineRecommendation chosen(Verdict verdict, EngineRow row, String why) {
    return new EngineRecommendation(verdict, Optional.of(row.name()), row.name() + ": " + why);
  }

  /** Without a float model nothing is known of the accuracy, and none is held against an engine. */
  private boolean keepsAccuracy(EngineRow row) {
    return row.accuracy()
        .map(
            accuracy ->
                accuracy
                    .topOne()
                    .map(topOne -> topOne.dropPoints() <= largestDropPoints)
                    .orElse(accuracy.sqnrDecibels() >= smallestSqnr))
        .orElse(true);
  }

  private static boolean isRelated(EngineRow row) {
    return row.speed().flatMap(EngineSpeed::ratio).isPresent();
  }

  private static double speedup(EngineRow row) {
    return row.speed().map(EngineSpeed::speedup).orElse(0.0);
  }

  private static String comparedText(EngineRow row, EngineRow baseline) {
    return "%s as %s, %s".formatted(speedText(row), baseline.name(), accuracyText(row));
  }

  private static String othersText(List<EngineRow> keeping, EngineRow baseline) {
    return keeping.stream()
        .filter(row -> !row.equals(baseline))
        .max(BY_SPEED)
        .map(RecommendationRule::otherText)
        .orElse("no other engine that keeps the accuracy was timed");
  }

  private static String otherText(EngineRow row) {
    return speedup(row) > 1
        ? "%s is only %s times as fast, expected %s at least"
            .formatted(row.name(), format("%.3f", speedup(row)), WORTHWHILE_SPEEDUP)
        : "%s is %s".formatted(row.name(), speedText(row));
  }

  private String told(EngineRow row) {
    return "; %s is %s, but has %s, expected %s"
        .formatted(row.name(), speedText(row), accuracyText(row), limitText(row));
  }

  private String lacking(EngineRow row) {
    return "; %s has %s, expected %s".formatted(row.name(), accuracyText(row), limitText(row));
  }

  private String limitText(EngineRow row) {
    return row.accuracy().flatMap(EngineAccuracy::topOne).isPresent()
        ? format("a loss of %.2f points at most", largestDropPoints)
        : format("%.1f dB at least", smallestSqnr);
  }

  private static String speedText(EngineRow row) {
    return format("%.2f times as fast", speedup(row));
  }

  private static String accuracyText(EngineRow row) {
    return row.accuracy()
        .map(
            accuracy ->
                accuracy
                    .topOne()
                    .map(RecommendationRule::topOneText)
                    .orElse(format("an SQNR of %.1f dB", accuracy.sqnrDecibels())))
        .orElse("accuracy not measured");
  }

  private static String topOneText(TopOneAccuracy topOne) {
    return "top-1 %s against %s of the float model"
        .formatted(
            ComparisonTable.share(topOne.quantized()), ComparisonTable.share(topOne.reference()));
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
