/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * Notes weights with the code -128 (R31), which TensorRT takes. Changing them would change what the
 * model computes and gain nothing, so they stay. Each weight is read once.
 */
final class NoteLowestCodes implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    Set<Value> seen = new HashSet<>();
    for (Node node : context.graph().nodes()) {
      if (node.is("DequantizeLinear") && node.requiredInput(0).isConstant(ElementType.INT8)) {
        Value codes = node.requiredInput(0);
        long count = seen.add(codes) ? codes.constant().map(NoteLowestCodes::count).orElse(0L) : 0;
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

  private static long count(Tensor codes) {
    ByteBuffer bytes = codes.bytes();
    long count = 0;
    while (bytes.hasRemaining()) {
      count += bytes.get() == Byte.MIN_VALUE ? 1 : 0;
    }
    return count;
  }
}
