/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Defect.REPLACED_CLASSIFIER;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.List;
import java.util.Optional;

/**
 * R38: notes a quantized Conv of 1x1 on a single pixel, whose result goes straight to an output of
 * the graph. Someone has put it in place of a Gemm to get it quantized. Either computes the same,
 * so it stays.
 */
final class NoteReplacedClassifiers implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    List<Node> candidates =
        context.graph().nodes().stream()
            .filter(node -> isOneByOne(node) && leadsToOutput(node.output()))
            .toList();
    if (candidates.isEmpty()) {
      return false;
    }
    ShapeInference shapes = context.shapes();
    for (Node node : candidates) {
      if (isOnePixel(node, shapes)) {
        context.kept(
            REPLACED_CLASSIFIER,
            Site.of(node, node.output()),
            "Conv of 1x1 on one pixel, before an output",
            "kept: a Gemm would compute the same");
      }
    }
    return false;
  }

  private static boolean isOneByOne(Node node) {
    return node.is("Conv")
        && node.integer("group", 1) == 1
        && node.input(1)
            .flatMap(QuantizedWeight::of)
            .map(QuantizedWeight::shape)
            .filter(shape -> isOneByOne(shape))
            .isPresent();
  }

  private static boolean isOneByOne(Shape weight) {
    return weight.rank() == 4 && weight.dimension(2) == 1 && weight.dimension(3) == 1;
  }

  private static boolean isOnePixel(Node node, ShapeInference shapes) {
    List<Dimension> dimensions = shapes.dimensions(node.requiredInput(0)).orElse(List.of());
    return dimensions.size() == 4 && dimensions.get(2).isFixed(1) && dimensions.get(3).isFixed(1);
  }

  /** Tells whether nothing but pairs and moved elements lie between a tensor and an output. */
  private static boolean leadsToOutput(Value value) {
    Optional<Value> end = Optional.of(value);
    while (end.isPresent() && !end.get().isGraphOutput()) {
      end =
          end.filter(Value::hasSingleReader)
              .map(tensor -> tensor.uses().get(0).node())
              .filter(
                  reader ->
                      OperatorClass.isCopy(reader)
                          || reader.is("QuantizeLinear", "DequantizeLinear"))
              .flatMap(reader -> reader.output(0));
    }
    return end.isPresent();
  }
}
