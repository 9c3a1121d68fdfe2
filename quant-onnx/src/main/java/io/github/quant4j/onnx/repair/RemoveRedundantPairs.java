/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.List;
import java.util.Optional;

/**
 * R15: pairs of one scale before and behind operators that commute with rounding, of which one is
 * enough. Every result stays as it was, bit for bit.
 *
 * <ol>
 *   <li>The pair before goes where all that is made of its result ends in pairs of its scale: the
 *       operators between are then part of the kernel that computes their input (P26, P29).
 *   <li>Where the pair before has other readers, it is the one behind copies that goes, if nothing
 *       but operators with int8 weights reads it (P29).
 *   <li>A MaxPool or Resize of a tensor whose pair has other readers keeps both (P27, P31), and so
 *       does a Concat with pairs on its inputs and its output (P33): their codes are int8 on both
 *       sides, and equal scales are what makes them so.
 * </ol>
 */
final class RemoveRedundantPairs implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    boolean isChanged = false;
    for (Int8Pair pair : Int8Pair.all(context.graph())) {
      Optional<List<Int8Pair>> behind =
          pair.isInternal()
              ? Int8Operators.pairsBehind(pair.result())
                  .filter(pairs -> pairs.stream().allMatch(pair::hasScaleOf))
              : Optional.empty();
      if (behind.isPresent()) {
        removeBefore(context, pair, behind.get());
        isChanged = true;
      }
    }
    for (Int8Pair pair : Int8Pair.all(context.graph())) {
      Optional<Int8Pair> source = beforeCopies(pair.tensor()).filter(pair::hasScaleOf);
      if (source.isPresent() && pair.isInternal() && isReadByWeightsOnly(pair.result())) {
        context.repaired(
            Defect.REDUNDANT_PAIR,
            pair.site(),
            "it holds elements of \"%s\", moved, which have a pair of scale %s too"
                .formatted(source.get().tensor(), pair.scale()),
            "the pair is removed; that of \"%s\" serves both".formatted(source.get().tensor()));
        pair.remove(context.rewriter());
        isChanged = true;
      }
    }
    return isChanged;
  }

  private static void removeBefore(RepairContext context, Int8Pair pair, List<Int8Pair> behind) {
    Node operator = pair.result().uses().get(0).node();
    context.repaired(
        Defect.REDUNDANT_PAIR,
        pair.site(),
        "\"%s\" commutes with rounding and has pairs of scale %s before and behind it"
            .formatted(operator.label(), pair.scale()),
        "the pair before it is removed, that on \"%s\" stays"
            .formatted(behind.get(behind.size() - 1).tensor()));
    pair.remove(context.rewriter());
  }

  private static Optional<Int8Pair> beforeCopies(Value value) {
    Value current = value;
    Node producer = value.producer().orElse(null);
    while (producer != null && OperatorClass.isCopy(producer)) {
      current = producer.requiredInput(0);
      producer = current.producer().orElse(null);
    }
    return current.equals(value) ? Optional.empty() : Int8Pair.behind(current);
  }

  private static boolean isReadByWeightsOnly(Value value) {
    return !value.uses().isEmpty()
        && value.uses().stream().allMatch(RemoveRedundantPairs::isWeightedRead);
  }

  private static boolean isWeightedRead(Use use) {
    return use.inputIndex() == 0 && Int8Operators.hasInt8Weight(use.node());
  }
}
