/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Leaves one DequantizeLinear, which all share, to every QuantizeLinear (R32).
 *
 * <ol>
 *   <li>Those that dequantize with the numbers their tensor is quantized with become the first of
 *       them, which stands before all readers. Shapes of one element count as equal.
 *   <li>One that writes an output of the graph, or is read in a body, stays for that.
 *   <li>Other numbers than those of the QuantizeLinear are refused: which are right, nothing tells.
 *       Other types have been refused by {@link AlignZeroPointTypes}.
 * </ol>
 *
 * <p>Values do not change. Several that agree are no error but repeat themselves: they are reported
 * as {@link Defect#REPEATED_PAIR}.
 */
final class ShareDequantizers implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    Map<Node, List<Quantizer>> readers = new LinkedHashMap<>();
    for (Node node : context.graph().nodes()) {
      Optional<Quantizer> quantizer = Quantizer.of(node).filter(Quantizer::isConstant);
      quantizer
          .flatMap(ShareDequantizers::writer)
          .ifPresent(
              writer ->
                  readers
                      .computeIfAbsent(writer.node(), missing -> new ArrayList<>())
                      .add(quantizer.get()));
    }
    boolean modified = false;
    for (Map.Entry<Node, List<Quantizer>> entry : readers.entrySet()) {
      modified |= share(new Quantizer(entry.getKey()), entry.getValue(), context);
    }
    return modified;
  }

  /** Returns the QuantizeLinear with constant parameters whose codes, of 8 bits, this reads. */
  private static Optional<Quantizer> writer(Quantizer quantizer) {
    return quantizer.isQuantize()
        ? Optional.empty()
        : Quantizer.writing(quantizer.data())
            .filter(Quantizer::isConstant)
            .filter(found -> !RefuseUnsupportedCodes.isUnsupported(found.codeType()));
  }

  private static boolean share(
      Quantizer quantize, List<Quantizer> dequantizes, RepairContext context) {
    List<Quantizer> equal = new ArrayList<>();
    for (Quantizer dequantize : dequantizes) {
      if (dequantize.hasParametersOf(quantize)) {
        equal.add(dequantize);
      } else if (dequantize.codeType() == quantize.codeType()) {
        context.refused(
            Defect.CONFLICTING_PAIR,
            Site.of(dequantize.node(), quantize.data()),
            "quantized with %s, dequantized with %s".formatted(text(quantize), text(dequantize)),
            "which is right cannot be told: export the model with one scale and zero point");
      }
    }
    return equal.size() > 1 && merge(quantize, equal, context);
  }

  private static boolean merge(Quantizer quantize, List<Quantizer> equal, RepairContext context) {
    Quantizer kept = equal.get(0);
    long merged =
        equal.stream()
            .skip(1)
            .filter(repeated -> isWrittenAlike(repeated, kept))
            .filter(repeated -> replace(repeated, kept, context.rewriter()))
            .count();
    if (merged > 0) {
      context.repaired(
          Defect.REPEATED_PAIR,
          Site.of(quantize.node(), quantize.data()),
          "%s DequantizeLinear nodes read its codes with the same numbers".formatted(equal.size()),
          "%s of them -> \"%s\"".formatted(merged, kept.output()));
    }
    return merged > 0;
  }

  /** Returns whether the repeated node had readers, or nothing to be there for. */
  private static boolean replace(Quantizer repeated, Quantizer kept, GraphRewriter rewriter) {
    Value output = repeated.output();
    boolean isRead = !output.uses().isEmpty();
    rewriter.replaceUses(output, kept.output());
    boolean isRemoved = output.isUnused();
    if (isRemoved) {
      rewriter.remove(repeated.node());
    }
    return isRead || isRemoved;
  }

  /** From opset 23 on, an attribute may tell the type of the result. */
  private static boolean isWrittenAlike(Quantizer a, Quantizer b) {
    return a.node().integer("output_dtype", 0) == b.node().integer("output_dtype", 0);
  }

  private static String text(Quantizer quantizer) {
    Tensor scale = quantizer.scale().orElseThrow();
    String scales =
        quantizer
            .singleScale()
            .map(single -> "scale " + single)
            .orElseGet(() -> "scales %s %s".formatted(scale.elementType(), scale.shape()));
    ElementType type = quantizer.codeType();
    return quantizer
        .singleZeroPoint()
        .map(zeroPoint -> "%s, zero point %s %s".formatted(scales, type, zeroPoint))
        .orElseGet(() -> "%s, zero points %s".formatted(scales, type));
  }
}
