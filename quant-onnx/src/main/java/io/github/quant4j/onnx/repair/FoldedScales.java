/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.pass.ChannelAffine;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What multiplying the channels of a weight makes of its scales and codes: {@code scale' = scale *
 * |factor|} in float64, rounded once, and the sign of the factor for the codes, which may be 0.
 *
 * <p>A channel whose new scale would be below {@link Float#MIN_NORMAL}, which runtimes may flush to
 * zero, keeps its scale and gets codes of 0; its weights are below 1.5e-36 then.
 */
final class FoldedScales {
  private final float[] scales;
  private final byte[] signs;

  private FoldedScales(float[] scales, byte[] signs) {
    this.scales = scales;
    this.signs = signs;
  }

  /** Returns scales and signs, empty where a scale is not finite in float32. */
  static Optional<FoldedScales> of(float[] old, ChannelAffine map) {
    float[] scales = old.clone();
    byte[] signs = new byte[old.length];
    for (int k = 0; k < old.length; k++) {
      float scale = (float) (old[k] * Math.abs(map.factor(k)));
      if (!Float.isFinite(scale)) {
        return Optional.empty();
      }
      if (scale >= Float.MIN_NORMAL) {
        scales[k] = scale;
        signs[k] = (byte) Math.signum(map.factor(k));
      }
    }
    return Optional.of(new FoldedScales(scales, signs));
  }

  Tensor tensor() {
    return Tensor.ofFloats(Shape.of(scales.length), scales);
  }

  boolean changesCodes() {
    return count(1) < signs.length;
  }

  private int count(int sign) {
    int count = 0;
    for (byte found : signs) {
      count += found == sign ? 1 : 0;
    }
    return count;
  }

  /** Returns the codes of a weight times their signs; -128 has no opposite and gives 127. */
  Tensor applyTo(Tensor codes, int elementsBesideChannel) {
    ByteBuffer from = codes.bytes();
    byte[] to = new byte[from.remaining()];
    for (int i = 0; i < to.length; i++) {
      int sign = signs[i / elementsBesideChannel % signs.length];
      to[i] = (byte) Math.min(Byte.MAX_VALUE, from.get(i) * sign);
    }
    return Tensor.ofBytes(ElementType.INT8, codes.shape(), to);
  }

  /** Returns how many codes of -128 are negated. */
  int countLost(Tensor codes, int elementsBesideChannel) {
    ByteBuffer bytes = codes.bytes();
    int count = 0;
    for (int i = 0; i < bytes.remaining(); i++) {
      boolean isNegated = signs[i / elementsBesideChannel % signs.length] < 0;
      count += isNegated && bytes.get(i) == Byte.MIN_VALUE ? 1 : 0;
    }
    return count;
  }

  String describe() {
    return "folded into %s scales and the bias, codes of %s channels negated, of %s set to 0"
        .formatted(scales.length, count(-1), count(0));
  }
}
