/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Defect.UNUSED_NODE;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.NameNodes;
import io.github.quant4j.onnx.pass.RemoveUnused;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * R36: removes nodes and initializers that no output of the graph depends on. Then tidies up (E1):
 * scales and zero points that are equal become one initializer, and every node gets a name of its
 * own. Only removed nodes are reported, since nobody would call the rest a defect.
 */
final class RemoveUnusedNodes implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    boolean isChanged = removeNodes(context);
    isChanged |= shareParameters(context);
    isChanged |= new RemoveUnused().run(context.model());
    isChanged |= new NameNodes().run(context.model());
    return isChanged;
  }

  private static boolean removeNodes(RepairContext context) {
    List<Node> nodes = context.graph().nodes();
    List<Node> removed = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().allMatch(Value::isUnused)) {
        removed.add(node);
        context.rewriter().remove(node);
      }
    }
    Collections.reverse(removed);
    for (Node node : removed) {
      context.repaired(
          UNUSED_NODE,
          new Site(node.label(), node.output(0).map(Value::name).orElse("")),
          "nothing depends on this " + node.opType(),
          "removed");
    }
    return !removed.isEmpty();
  }

  private static boolean shareParameters(RepairContext context) {
    Map<Contents, Value> first = new HashMap<>();
    boolean isChanged = false;
    for (Node node : context.graph().nodes()) {
      if (!node.is("QuantizeLinear", "DequantizeLinear")) {
        continue;
      }
      for (int index = 1; index < Math.min(node.inputCount(), 3); index++) {
        isChanged |= share(context, new Use(node, index), first);
      }
    }
    return isChanged;
  }

  private static boolean share(RepairContext context, Use use, Map<Contents, Value> first) {
    Optional<Value> own = use.node().input(use.inputIndex()).filter(Value::isConstant);
    Optional<Value> shared =
        own.map(value -> first.computeIfAbsent(Contents.of(value), contents -> value));
    if (shared.equals(own)) {
      return false;
    }
    context.rewriter().replaceInput(use, shared.orElseThrow());
    return true;
  }

  /** What an initializer holds, so that equal ones are found. */
  private record Contents(ElementType type, Shape shape, ByteBuffer bytes) {
    static Contents of(Value value) {
      Tensor tensor = value.constant().orElseThrow();
      return new Contents(tensor.elementType(), tensor.shape(), tensor.bytes());
    }
  }
}
