/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.pattern.ActivationPattern;
import io.github.quant4j.onnx.pattern.ActivationPattern.Function;
import io.github.quant4j.onnx.pattern.NormalizationPattern;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * P52: a Conv whose HardSwish or SiLU is read by an average over space in float stays float itself.
 *
 * <p>With INT8 in and float out in front of the average, TensorRT 10.6 (builder optimization level
 * 3, H200) does not come back from the build or crashes, right after it timed the fused Conv and
 * HardSwish; with that Conv in float the same network builds in 42 seconds. It sees the decomposed
 * forms as the same function, so they are treated alike. Where the average is INT8 too (P28), or no
 * average reads the function, nothing changes.
 */
final class SwishBeforeAverageRule implements PlacementRule {
  private static final Set<Function> SWISHES = Set.of(Function.HARD_SWISH, Function.SILU);

  private final Target target;

  SwishBeforeAverageRule(Target target) {
    this.target = target;
  }

  @Override
  public void apply(PlanDraft draft) {
    if (target != Target.TENSORRT) {
      return;
    }
    for (ActivationPattern pattern : draft.patterns().patterns(ActivationPattern.class)) {
      Optional<Node> producer = pattern.input().producer().filter(draft::isWeighted);
      if (producer.isPresent()
          && SWISHES.contains(pattern.function())
          && isFollowedByFloatAverage(draft, pattern)) {
        draft.revoke(
            producer.get(),
            "P52",
            "TensorRT fails on its " + pattern.kind() + " before an average in float");
      }
    }
  }

  private static boolean isFollowedByFloatAverage(PlanDraft draft, ActivationPattern pattern) {
    return draft.patterns().isOnlyReader(pattern, pattern.input())
        && pattern.output().uses().stream()
            .filter(use -> isAverage(draft, use))
            .anyMatch(use -> !draft.isRequested(use));
  }

  private static boolean isAverage(PlanDraft draft, Use use) {
    boolean isStatistic =
        draft
            .patterns()
            .covering(use.node())
            .filter(NormalizationPattern.class::isInstance)
            .isPresent();
    return use.inputIndex() == 0
        && use.node().is("GlobalAveragePool", "ReduceMean")
        && !isStatistic;
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P52",
            "Conv, then HardSwish or SiLU in any form, then an average over space in float",
            "none: the Conv stays float",
            "with INT8 in and float out TensorRT 10.6 does not finish the build, or crashes",
            "seen on an H200 with TensorRT 10.6, builder optimization level 3"));
  }
}
