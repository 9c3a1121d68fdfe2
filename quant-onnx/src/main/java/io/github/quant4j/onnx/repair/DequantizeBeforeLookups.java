/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.List;
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
    RepairContext.NodeNames names = context.nodeNames();
    boolean isChanged = false;
    for (Node node : context.graph().nodes()) {
      Optional<Node> lookup =
          Quantizer.of(node)
              .filter(reader -> !reader.isQuantize() && reader.singleScale().isPresent())
              .flatMap(DequantizeBeforeLookups::lookup);
      if (lookup.isPresent()) {
        move(context, names, node, lookup.get());
        isChanged = true;
      }
    }
    return isChanged;
  }

  private static Optional<Node> lookup(Quantizer reader) {
    return reader
        .data()
        .producer()
        .filter(node -> node.is("Gather", "GatherElements", "GatherND"))
        .filter(node -> node.output().hasSingleReader() && reader.isConstant())
        .filter(
            node ->
                node.requiredInput(0).constantElementType().filter(CodeTypes::isByte).isPresent());
  }

  private static void move(
      RepairContext context, RepairContext.NodeNames names, Node dequantize, Node lookup) {
    Value codes = lookup.requiredInput(0);
    List<Value> inputs =
        dequantize.input(2).isPresent()
            ? List.of(codes, dequantize.requiredInput(1), dequantize.requiredInput(2))
            : List.of(codes, dequantize.requiredInput(1));
    String name = names.free(codes + "_DequantizeLinear");
    Value floats =
        context
            .rewriter()
            .insertBefore(
                lookup,
                NodeBlueprint.of(
                    "DequantizeLinear",
                    name,
                    inputs,
                    context.rewriter().freeName(codes + "_dequantized")))
            .output();
    context.rewriter().declareLike(floats, codes, ElementType.FLOAT);
    context.rewriter().replaceInput(new Use(lookup, 0), floats);
    context.repaired(
        Defect.INTEGER_OPERATOR,
        Site.of(lookup, codes),
        "%s looks constant codes up".formatted(lookup.opType()),
        "DequantizeLinear \"%s\" -> \"%s\" before it".formatted(dequantize.label(), name));
    context.rewriter().absorb(dequantize, lookup);
  }
}
