/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Gives scale and zero point one shape: rank 0 for a single one, rank 1 for one per channel (R21).
 *
 * <ol>
 *   <li>A single zero point beside several scales is repeated; several equal ones beside a single
 *       scale become one. Other numbers of zero points are refused.
 *   <li>Scales with more than one dimension above 1 are blocks, which INT8 kernels do not know, and
 *       are refused.
 *   <li>A constant of one channel may keep scale and zero point of shape [1].
 * </ol>
 *
 * <p>ONNX Runtime refuses a single scale of shape [1] on an activation.
 */
final class AlignParameterShapes implements RepairPass {
  private static final Defect DEFECT = Defect.PARAMETER_SHAPE;
  private static final int SCALE = 1;
  private static final int ZERO_POINT = 2;

  @Override
  public boolean run(RepairContext context) {
    Map<Reshaping, Value> aligned = new HashMap<>();
    boolean modified = false;
    for (QuantizerFamily family : QuantizerFamily.of(context.graph())) {
      boolean isFirst = true;
      for (Quantizer member : family.members()) {
        Optional<Shape> wanted = wanted(family, member);
        if (wanted.isPresent() && !hasShape(member, wanted.get())) {
          modified |= align(context, new Change(member, wanted.get(), isFirst), aligned);
          isFirst = false;
        }
      }
    }
    return modified;
  }

  /** Returns the shape for both, empty where they are computed or of types of half bytes. */
  private static Optional<Shape> wanted(QuantizerFamily family, Quantizer member) {
    if (!member.isConstant() || member.codeType().bitWidth() < Byte.SIZE) {
      return Optional.empty();
    }
    Shape scale = shape(member, SCALE);
    long count = scale.elementCount();
    boolean isChannel =
        count == 1
            && scale.rank() == 1
            && family.isConstant()
            && member.node().hasAttribute("axis")
            && ChannelAxis.resolve(family.head().data().constantShape().orElseThrow(), member, 1)
                .isPresent();
    return Optional.of(count == 1 && !isChannel ? Shape.of() : Shape.of(count));
  }

  private static Shape shape(Quantizer member, int input) {
    return member.node().requiredInput(input).constantShape().orElseThrow();
  }

  private static boolean hasShape(Quantizer member, Shape wanted) {
    return shape(member, SCALE).equals(wanted)
        && (!member.hasZeroPoint() || shape(member, ZERO_POINT).equals(wanted));
  }

  private static boolean align(
      RepairContext context, Change change, Map<Reshaping, Value> aligned) {
    Quantizer member = change.member;
    Site site = Site.of(member.node(), member.data());
    Shape scale = shape(member, SCALE);
    String zeroPoint =
        member.hasZeroPoint() ? ", zero point of shape " + shape(member, ZERO_POINT) : "";
    String found = "scale of shape " + scale + zeroPoint;
    if (countAboveOne(scale) > 1 || change.wanted.elementCount() == 0) {
      context.refused(DEFECT, site, found, "expected one scale, or one per index of an axis");
      return false;
    }
    if (member.hasZeroPoint() && !fits(member, change.wanted)) {
      context.refused(
          DEFECT, site, found, "which zero point belongs to which scale cannot be told");
      return false;
    }
    if (change.isReported) {
      context.repaired(DEFECT, site, found, "both are of shape " + change.wanted);
    }
    change.replace(context, SCALE, aligned);
    if (member.hasZeroPoint()) {
      change.replace(context, ZERO_POINT, aligned);
    }
    return true;
  }

  private static int countAboveOne(Shape shape) {
    int count = 0;
    for (long dimension : shape.toArray()) {
      count += dimension > 1 ? 1 : 0;
    }
    return count;
  }

  private static boolean fits(Quantizer member, Shape wanted) {
    Tensor zeroPoint = member.zeroPoint().orElseThrow();
    long count = zeroPoint.shape().elementCount();
    return count == 1
        || (count == wanted.elementCount() && countAboveOne(zeroPoint.shape()) == 1)
        || (wanted.elementCount() == 1 && count > 1 && isUniform(zeroPoint));
  }

  private static boolean isUniform(Tensor tensor) {
    ByteBuffer bytes = tensor.bytes();
    int width = bytes.remaining() / Math.toIntExact(tensor.shape().elementCount());
    for (int i = width; i < bytes.limit(); i++) {
      if (bytes.get(i) != bytes.get(i - width)) {
        return false;
      }
    }
    return width > 0;
  }

  /** Repeats or shortens a tensor to as many elements as a shape has. */
  private static Tensor resized(Tensor tensor, Shape shape) {
    ByteBuffer source = tensor.bytes();
    int width = tensor.elementType().bitWidth() / Byte.SIZE;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(shape.elementCount() * width))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < bytes.capacity(); i++) {
      bytes.put(source.get(i % source.limit()));
    }
    return Tensor.of(tensor.elementType(), shape, bytes.flip());
  }

  /** One node whose parameters get a shape. */
  private record Change(Quantizer member, Shape wanted, boolean isReported) {
    void replace(RepairContext context, int input, Map<Reshaping, Value> aligned) {
      Value old = member.node().requiredInput(input);
      if (!old.constantShape().orElseThrow().equals(wanted)) {
        Value replaced =
            aligned.computeIfAbsent(
                new Reshaping(old, wanted),
                key ->
                    context.addConstant(
                        old + "_aligned", resized(old.constant().orElseThrow(), wanted)));
        context.rewriter().replaceInput(new Use(member.node(), input), replaced);
      }
    }
  }

  /** A constant and the shape it is wanted in; nodes that share the one share the other. */
  private record Reshaping(Value constant, Shape wanted) {}
}
