/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.pass.opset.LiftOpset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Gives scales per channel the axis they stand along (R24).
 *
 * <ol>
 *   <li>An axis that is stated and as long as there are scales stays, counted from whichever end.
 *   <li>One that is missing or does not fit becomes that of the operator that reads the weight, see
 *       {@link ChannelAxis}, if that fits; else it is refused.
 *   <li>Operator sets below 13 know no axis: such a model is lifted to 13.
 * </ol>
 *
 * <p>Scales per channel on activations are left to {@link JoinActivationScales}.
 */
final class CorrectAxes implements RepairPass {
  private static final Defect DEFECT = Defect.QUANTIZATION_AXIS;
  private static final String AXIS = "axis";

  @Override
  public boolean run(RepairContext context) {
    List<QuantizerFamily> defective =
        QuantizerFamily.of(context.graph()).stream()
            .filter(CorrectAxes::isPerChannel)
            .filter(
                family -> context.model().opset() < LiftOpset.LOWEST_TARGET || lacksAxis(family))
            .filter(CorrectAxes::isRead)
            .toList();
    if (defective.isEmpty()) {
      return false;
    }
    long opset = context.model().opset();
    Optional<String> obstacle = lift(context);
    boolean modified = context.model().opset() != opset;
    for (QuantizerFamily family : defective) {
      modified |= correct(context, family, obstacle, opset);
    }
    return modified;
  }

  /** Returns why the axis cannot be stated, empty when it can. */
  private static Optional<String> lift(RepairContext context) {
    try {
      LiftOpset.to(LiftOpset.LOWEST_TARGET).run(context.model());
      return context.model().opset() < LiftOpset.LOWEST_TARGET
          ? Optional.of("the model does not say which opset it is written in")
          : Optional.empty();
    } catch (OnnxException e) {
      return Optional.of(
          "an axis needs opset 13, to which the model cannot be lifted: " + e.getMessage());
    }
  }

  private static boolean isPerChannel(QuantizerFamily family) {
    return family.isConstant()
        && family.members().stream()
            .allMatch(member -> member.isConstant() && member.node().integer("block_size", 0) == 0)
        && scaleCount(family) > 1
        && longestDimension(scaleShape(family)) == scaleCount(family);
  }

  private static Shape scaleShape(QuantizerFamily family) {
    return family.head().node().requiredInput(1).constantShape().orElseThrow();
  }

  private static long scaleCount(QuantizerFamily family) {
    return scaleShape(family).elementCount();
  }

  private static long longestDimension(Shape shape) {
    long longest = 0;
    for (long dimension : shape.toArray()) {
      longest = Math.max(longest, dimension);
    }
    return longest;
  }

  private static boolean isRead(QuantizerFamily family) {
    return family.members().stream().anyMatch(member -> !member.output().isUnused());
  }

  private static boolean lacksAxis(QuantizerFamily family) {
    return family.members().stream().anyMatch(member -> !hasFittingAxis(family, member));
  }

  private static boolean hasFittingAxis(QuantizerFamily family, Quantizer member) {
    Shape shape = family.head().data().constantShape().orElseThrow();
    int count = Math.toIntExact(scaleCount(family));
    return member.node().hasAttribute(AXIS)
        && ChannelAxis.resolve(shape, member, count).isPresent();
  }

  private static boolean correct(
      RepairContext context, QuantizerFamily family, Optional<String> obstacle, long opset) {
    int count = Math.toIntExact(scaleCount(family));
    String found = described(family, count, opset);
    OptionalInt axis = ChannelAxis.of(family, count);
    if (obstacle.isPresent() || axis.isEmpty()) {
      String reason =
          obstacle.orElse(
              "its readers do not tell an axis of that length; quantize the weight anew");
      context.refused(DEFECT, family.site(), found, reason);
      return false;
    }
    boolean modified = false;
    for (Quantizer member : family.members()) {
      if (!hasFittingAxis(family, member)) {
        context.rewriter().edit(member.node()).setInteger(AXIS, axis.getAsInt());
        modified = true;
      }
    }
    String lifted = context.model().opset() == opset ? "" : " at opset " + context.model().opset();
    context.repaired(DEFECT, family.site(), found, "axis " + axis.getAsInt() + lifted);
    return modified;
  }

  private static String described(QuantizerFamily family, int count, long opset) {
    Quantizer first =
        family.members().stream()
            .filter(member -> !hasFittingAxis(family, member))
            .findFirst()
            .orElse(family.head());
    String stated =
        first.node().hasAttribute(AXIS) ? "axis " + first.node().integer(AXIS, 1) : "no axis";
    return "%s scales for shape %s with %s at opset %s"
        .formatted(count, family.head().data().constantShape().orElseThrow(), stated, opset);
  }
}
