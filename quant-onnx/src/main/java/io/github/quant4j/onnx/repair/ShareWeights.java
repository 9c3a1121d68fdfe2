/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Defect.REPEATED_WEIGHT;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * R33: lets the readers of one int8 constant share its first DequantizeLinear, where the others say
 * the same of it. The first stands before all other readers already, so nothing has to be moved.
 */
final class ShareWeights implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    Map<Value, List<Quantizer>> byCodes = new LinkedHashMap<>();
    for (Node node : context.graph().nodes()) {
      if (node.is("DequantizeLinear")) {
        Quantizer.of(node)
            .filter(quantizer -> quantizer.data().isConstant())
            .ifPresent(
                quantizer ->
                    byCodes
                        .computeIfAbsent(quantizer.data(), codes -> new ArrayList<>())
                        .add(quantizer));
      }
    }
    boolean isChanged = false;
    for (List<Quantizer> readers : byCodes.values()) {
      isChanged |= share(context, readers);
    }
    return isChanged;
  }

  private static boolean share(RepairContext context, List<Quantizer> readers) {
    List<Quantizer> different = new ArrayList<>();
    Map<Quantizer, Integer> copies = new LinkedHashMap<>();
    for (Quantizer reader : readers) {
      different.stream()
          .filter(earlier -> earlier.hasParametersOf(reader) && isReplaceable(reader))
          .findFirst()
          .ifPresentOrElse(
              earlier -> {
                context.rewriter().replaceUses(reader.output(), earlier.output());
                context.rewriter().remove(reader.node());
                copies.merge(earlier, 1, Integer::sum);
              },
              () -> different.add(reader));
    }
    copies.forEach(
        (shared, count) ->
            context.repaired(
                REPEATED_WEIGHT,
                Site.of(shared.node(), shared.data()),
                "%s DequantizeLinear of equal parameters read it".formatted(count + 1),
                "%s -> 1, shared".formatted(count + 1)));
    return !copies.isEmpty();
  }

  private static boolean isReplaceable(Quantizer reader) {
    return !reader.output().isGraphOutput() && !reader.output().isCaptured();
  }
}
