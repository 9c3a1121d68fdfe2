/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * R13: a pair on the result of a pair of the same scale, or on a tensor that has a pair of the same
 * scale already, gives the very numbers that are there: its readers read the earlier pair.
 * Quantizing {@code code * scale} with that scale gives the code again, so that every result stays
 * as it was, bit for bit.
 */
final class CollapseRepeatedPairs implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    PairInsertion insertion = new PairInsertion(context);
    Map<Value, List<Int8Pair>> seen = new HashMap<>();
    boolean isChanged = false;
    for (Int8Pair pair : Int8Pair.all(context.graph())) {
      List<Int8Pair> siblings = seen.computeIfAbsent(pair.tensor(), key -> new ArrayList<>());
      Optional<Int8Pair> earlier =
          Int8Pair.behind(pair.tensor())
              .filter(pair::hasScaleOf)
              .or(() -> siblings.stream().filter(pair::hasScaleOf).findFirst());
      if (earlier.isPresent() && !pair.result().uses().isEmpty()) {
        Value result = insertion.resultBefore(pair.dequantize(), earlier.get());
        int readers = pair.result().uses().size();
        context.repaired(
            Defect.REPEATED_PAIR,
            pair.site(),
            "it is quantized with scale %s, which \"%s\" has done already"
                .formatted(pair.scale(), earlier.get().quantize().label()),
            "%s of its readers now read \"%s\"".formatted(readers, result));
        pair.replaceBy(context.rewriter(), result);
        isChanged = true;
      } else {
        siblings.add(pair);
      }
    }
    return isChanged;
  }
}
