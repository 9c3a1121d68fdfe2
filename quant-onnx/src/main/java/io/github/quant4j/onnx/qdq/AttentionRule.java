/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.pattern.AttentionPattern;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * P15: both products of an attention stay float, so that TensorRT runs them, scale, mask and
 * softmax as one kernel.
 *
 * <p>On request, an attention whose sizes fit the INT8 kernel is quantized whole: pairs on Q, K, V
 * and the probabilities, and at the readers of the result, all of which must be INT8. Probabilities
 * lie in [0, 1], so their scale is 1/127 and they are not observed.
 */
final class AttentionRule implements PlacementRule {
  private static final Set<Long> HEAD_SIZES = Set.of(16L, 32L, 64L);
  private static final long LONGEST_SEQUENCE = 512;
  private static final ValueRange PROBABILITY = new ValueRange(-1, 1);

  private final boolean isInt8Wanted;

  AttentionRule(boolean isInt8Wanted) {
    this.isInt8Wanted = isInt8Wanted;
  }

  @Override
  public void apply(PlanDraft draft) {
    Function<AttentionPattern, Optional<String>> obstacles = obstacles(draft);
    for (AttentionPattern attention : draft.patterns().patterns(AttentionPattern.class)) {
      Optional<String> obstacle = obstacles.apply(attention);
      if (obstacle.isPresent()) {
        decideOnProducts(draft, attention, false, obstacle.get());
      } else {
        decideOnProducts(draft, attention, true, "INT8 attention, on request");
        requestPairs(draft, attention);
      }
      String reason = "part of the attention around \"" + attention.scoreProduct() + "\"";
      attention.nodes().forEach(node -> draft.decide(node, false, "P15", reason));
    }
  }

  private Function<AttentionPattern, Optional<String>> obstacles(PlanDraft draft) {
    if (!isInt8Wanted) {
      return attention ->
          Optional.of("part of an attention, which TensorRT runs as one kernel in float");
    }
    // What is done to one attention stands before its result, and so behind no earlier one's.
    Neighbours neighbours = new Neighbours(draft);
    return attention -> obstacle(draft, neighbours, attention);
  }

  private static void decideOnProducts(
      PlanDraft draft, AttentionPattern attention, boolean isQuantized, String reason) {
    for (Node product : List.of(attention.scoreProduct(), attention.contextProduct())) {
      if (draft.isRuledBy(product, "P14")) {
        draft.overrule(product, isQuantized, "P15", reason);
      }
    }
  }

  private static void requestPairs(PlanDraft draft, AttentionPattern attention) {
    for (Node product : List.of(attention.scoreProduct(), attention.contextProduct())) {
      draft.request(new Use(product, 0), "P15");
      draft.request(new Use(product, 1), "P15");
    }
    draft.fixRange(attention.probabilities(), PROBABILITY);
  }

  private static Optional<String> obstacle(
      PlanDraft draft, Neighbours neighbours, AttentionPattern attention) {
    AttentionPattern.Sizes sizes = attention.sizes();
    if (sizes.head().isEmpty() || !HEAD_SIZES.contains(sizes.head().getAsLong())) {
      return Optional.of(
          "attention with heads of " + text(sizes.head()) + "; the INT8 kernel takes 16, 32 or 64");
    }
    if (isTooLong(sizes.queries()) || isTooLong(sizes.keys())) {
      return Optional.of(
          "attention of "
              + text(sizes.queries())
              + " queries and "
              + text(sizes.keys())
              + " keys; the INT8 kernel takes known lengths up to "
              + LONGEST_SEQUENCE);
    }
    if (!draft.isRuledBy(attention.scoreProduct(), "P14")
        || !draft.isRuledBy(attention.contextProduct(), "P14")) {
      return Optional.of("attention with an excluded product");
    }
    return neighbours.hasOnlyQuantizedReaders(attention.output())
        ? Optional.empty()
        : Optional.of("attention whose result is read in float");
  }

  private static boolean isTooLong(OptionalLong length) {
    return length.isEmpty() || length.getAsLong() > LONGEST_SEQUENCE;
  }

  private static String text(OptionalLong size) {
    return size.isPresent() ? Long.toString(size.getAsLong()) : "unknown size";
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P15",
            "the two products of an attention: softmax(scale * Q K^T + mask) V",
            "nothing; with the option for INT8 attention, and heads of 16, 32 or 64 and known"
                + " lengths up to 512: pairs on Q, K, V, on the probabilities with the fixed scale"
                + " 1/127, and at the readers of the result",
            "TensorRT runs a float attention as one kernel; pairs on some of its edges break it,"
                + " and quantized transformers then run slower than FP16",
            "TensorRT issues 4273, 4397 and 4554; TensorRT developer guide, multi-head attention"));
  }
}
