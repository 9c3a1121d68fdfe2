/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A quantized activation with one float32 scale and one zero point of type int8 or uint8, which its
 * QuantizeLinear and all its DequantizeLinear nodes agree on.
 *
 * @param activation the nodes
 * @param type the type of the codes
 * @param scale the step between two codes
 * @param zeroPoint the code of 0
 */
record AffineActivation(
    QuantizedActivation activation, ElementType type, float scale, int zeroPoint) {

  /** Returns all of a graph, in the order of its nodes. */
  static List<AffineActivation> of(Graph graph) {
    List<AffineActivation> found = new ArrayList<>();
    QuantizedActivation.of(graph).forEach(activation -> of(activation).ifPresent(found::add));
    return List.copyOf(found);
  }

  /** Returns what an activation says, empty where the form of its pair is not what it should be. */
  static Optional<AffineActivation> of(QuantizedActivation activation) {
    Quantizer quantize = activation.quantize();
    Optional<Float> scale = quantize.singleScale().filter(s -> s > 0 && Float.isFinite(s));
    Optional<Integer> zeroPoint = quantize.singleZeroPoint();
    ElementType type = quantize.codeType();
    boolean isRead =
        scale.isPresent()
            && zeroPoint.isPresent()
            && CodeTypes.isByte(type)
            && activation.dequantizes().stream().allMatch(quantize::hasParametersOf);
    return isRead
        ? Optional.of(new AffineActivation(activation, type, scale.get(), zeroPoint.get()))
        : Optional.empty();
  }

  Value tensor() {
    return activation.tensor();
  }

  boolean isUnsigned() {
    return type == ElementType.UINT8;
  }

  boolean isSymmetricInt8() {
    return !isUnsigned() && zeroPoint == 0;
  }

  /** Tells whether the zero point is the smallest code, so that nothing below 0 has a code. */
  boolean beginsAtZero() {
    return zeroPoint == CodeTypes.lowest(type);
  }

  /** Returns how many codes lie on the longer side of the zero point. */
  int reach() {
    return Math.max(zeroPoint - CodeTypes.lowest(type), CodeTypes.highest(type) - zeroPoint);
  }

  /** Tells whether another maps numbers to codes alike. */
  boolean hasParametersOf(AffineActivation other) {
    return type == other.type && scale == other.scale && zeroPoint == other.zeroPoint;
  }

  /** Tells whether nothing reads the codes, so that what they are makes no difference. */
  boolean isUnused() {
    return activation.quantize().output().isUnused();
  }

  /** Returns why the codes must stay what they are, empty when they may change. */
  Optional<String> obstacle() {
    Value codes = activation.quantize().output();
    if (codes.isGraphOutput()) {
      return Optional.of(
          "its codes are output \"%s\" of the graph, which would change; let the model give floats"
              .formatted(codes));
    }
    if (codes.isCaptured()) {
      return Optional.of("a body reads its codes, and bodies stay as they are");
    }
    return codes.uses().stream()
        .filter(use -> use.inputIndex() != 0 || !use.node().is("DequantizeLinear"))
        .findFirst()
        .map(
            use ->
                "node \"%s\" computes on its codes; let it stand behind the DequantizeLinear"
                    .formatted(use.node().label()));
  }

  Site site() {
    return activation.site();
  }

  /** Returns what is there, for example {@code scale 0.02, zero point uint8 3}. */
  String description() {
    return "scale %s, %s".formatted(scale, zeroPointText());
  }

  String zeroPointText() {
    return "zero point %s %s".formatted(type, zeroPoint);
  }
}
