/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Removes Casts of the codes of a QuantizeLinear to int8, uint8 or the type they have (R02), chains
 * of them too, so that TensorRT sees no uint8 tensor.
 *
 * <ol>
 *   <li>Every DequantizeLinear behind reads the codes themselves. Where its zero point is of
 *       another type than they are then, {@link AlignZeroPointTypes} tells what it means.
 *   <li>Other readers read the codes themselves where no Cast changes the type; else they keep
 *       theirs.
 *   <li>A Cast that is an output of the graph, or read in a body, stays for that.
 *   <li>A Cast to any other type is refused.
 * </ol>
 */
final class RemoveCastsBetweenQuantizers implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    boolean modified = false;
    for (Node node : context.graph().nodes()) {
      Optional<Quantizer> quantize = Quantizer.of(node).filter(Quantizer::isQuantize);
      if (quantize.isPresent()) {
        modified |= removeCasts(quantize.get(), context);
      }
    }
    return modified;
  }

  private static boolean removeCasts(Quantizer quantize, RepairContext context) {
    List<CastOfCodes> casts = casts(quantize, context);
    boolean modified = false;
    // The last of a chain goes first, so that the one before it is read by nothing any more.
    for (int i = casts.size() - 1; i >= 0; i--) {
      modified |= remove(casts.get(i), quantize, context);
    }
    return modified;
  }

  /** Returns the Casts behind a QuantizeLinear in an order in which each follows its producer. */
  private static List<CastOfCodes> casts(Quantizer quantize, RepairContext context) {
    ElementType type = quantize.codeType();
    List<CastOfCodes> found = new ArrayList<>(castsOf(quantize.output(), type, true, context));
    for (int i = 0; i < found.size(); i++) {
      CastOfCodes cast = found.get(i);
      found.addAll(castsOf(cast.node().output(), type, cast.isNeutral(), context));
    }
    return found;
  }

  private static List<CastOfCodes> castsOf(
      Value value, ElementType codes, boolean isNeutral, RepairContext context) {
    List<CastOfCodes> casts = new ArrayList<>();
    for (Use use : value.uses()) {
      Node node = use.node();
      if (!node.is("Cast") || node.output(0).isEmpty()) {
        continue;
      }
      Optional<ElementType> to = ElementType.ofOnnxCode((int) node.integer("to", 0));
      if (to.filter(target -> holdsCodes(target, codes)).isPresent()) {
        casts.add(new CastOfCodes(node, to.get(), isNeutral && to.get() == codes));
      } else {
        context.refused(
            Defect.CAST_BETWEEN_QUANTIZERS,
            Site.of(node, value),
            "codes of type %s are cast to %s"
                .formatted(codes, to.map(Object::toString).orElse("an unknown type")),
            "only DequantizeLinear may read codes: export the model without the Cast");
      }
    }
    return casts;
  }

  private static boolean holdsCodes(ElementType target, ElementType codes) {
    return target == ElementType.INT8 || target == ElementType.UINT8 || target == codes;
  }

  private static boolean remove(CastOfCodes cast, Quantizer quantize, RepairContext context) {
    Value output = cast.node().output();
    Site site = Site.of(cast.node(), output);
    boolean isBypassed = bypass(cast, quantize, context);
    boolean isRemoved = output.isUnused();
    if (isRemoved) {
      context.rewriter().remove(cast.node());
    }
    if (isBypassed || isRemoved) {
      context.repaired(
          Defect.CAST_BETWEEN_QUANTIZERS,
          site,
          "codes of type %s are cast to %s".formatted(quantize.codeType(), cast.to()),
          "readers -> \"%s\", Cast %s"
              .formatted(quantize.output(), isRemoved ? "removed" : "left to its others"));
    }
    return isBypassed || isRemoved;
  }

  private static boolean bypass(CastOfCodes cast, Quantizer quantize, RepairContext context) {
    boolean isBypassed = false;
    for (Use use : cast.node().output().uses()) {
      if (cast.isNeutral() || (use.node().is("DequantizeLinear") && use.inputIndex() == 0)) {
        context.rewriter().replaceInput(use, quantize.output());
        isBypassed = true;
      }
    }
    return isBypassed;
  }

  /**
   * A Cast of codes, maybe behind others.
   *
   * @param isNeutral whether neither this nor one before it changes the type
   */
  private record CastOfCodes(Node node, ElementType to, boolean isNeutral) {}
}
