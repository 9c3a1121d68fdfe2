/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.HashSet;
import java.util.Set;

/**
 * Notes weights with the code -128 (R31), which TensorRT takes. Changing them would change what the
 * model computes and gain nothing, so they stay. Each weight is read once, in whatever round.
 */
final class NoteLowestCodes implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    Set<Value> seen = new HashSet<>();
    for (Node node : context.graph().nodes()) {
      if (node.is("DequantizeLinear") && node.requiredInput(0).isConstant(ElementType.INT8)) {
        Value codes = node.requiredInput(0);
        long count = seen.add(codes) ? context.lowestCodes(codes) : 0;
        if (count > 0) {
          context.kept(
              Defect.LOWEST_CODE,
              Site.of(node, codes),
              "%s of %s codes are -128"
                  .formatted(count, codes.constantShape().orElseThrow().elementCount()),
              "they stay, since TensorRT takes them");
        }
      }
    }
    return false;
  }
}
