/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.Optional;

/**
 * Puts the DequantizeLinear before an operator that looks constant codes up (R28): a Gather of rows
 * of a quantized table, as ONNX Runtime's dynamic quantization leaves the embeddings of a language
 * model. The table is a weight then, whose codes {@link CenterWeights} can read; before, its codes
 * were those of a computed tensor without QuantizeLinear.
 *
 * <p>Moving elements does not change them, so the result is the same to the bit. With one scale
 * only, since an axis of scales moves with the elements; and where nothing else reads the codes.
 */
final class DequantizeBeforeLookups implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    CodeNodes codeNodes = new CodeNodes(context);
    boolean isChanged = false;
    for (Node node : context.graph().nodes()) {
      Optional<CodeScale> scale =
          node.is("DequantizeLinear")
              ? CodeScale.of(node, 1, 2).filter(CodeScale::isSingle)
              : Optional.empty();
      Optional<Node> lookup = scale.flatMap(single -> lookup(node));
      if (lookup.isPresent()) {
        Value floats = codeNodes.dequantize(codes(lookup.get()), scale.get(), lookup.get());
        move(context, floats, node, lookup.get());
        isChanged = true;
      }
    }
    return isChanged;
  }

  private static Optional<Node> lookup(Node dequantize) {
    return dequantize
        .requiredInput(0)
        .producer()
        .filter(node -> node.is("Gather", "GatherElements", "GatherND"))
        .filter(node -> node.output().hasSingleReader())
        .filter(node -> codes(node).constantElementType().filter(CodeTypes::isByte).isPresent());
  }

  private static Value codes(Node lookup) {
    return lookup.requiredInput(0);
  }

  private static void move(RepairContext context, Value floats, Node dequantize, Node lookup) {
    Value codes = codes(lookup);
    context.rewriter().replaceInput(new Use(lookup, 0), floats);
    context.repaired(
        Defect.INTEGER_OPERATOR,
        Site.of(lookup, codes),
        "%s looks constant codes up".formatted(lookup.opType()),
        "DequantizeLinear \"%s\" -> \"%s\" before it"
            .formatted(dequantize.label(), floats.producer().orElseThrow().label()));
    context.rewriter().absorb(dequantize, lookup);
  }
}
