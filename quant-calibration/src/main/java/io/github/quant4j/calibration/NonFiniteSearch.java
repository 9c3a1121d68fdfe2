/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.tensor.Tensor;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import java.util.OptionalLong;

/** Finds NaN and infinite values in float, double, float16 and bfloat16 tensors. */
final class NonFiniteSearch {

  private static final int CHUNK_LENGTH = 4096;

  private static final int FLOAT_EXPONENT = 0x7f800000;
  private static final int FLOAT16_EXPONENT = 0x7c00;
  private static final int BFLOAT16_EXPONENT = 0x7f80;

  private NonFiniteSearch() {}

  /** Returns the row-major index of the first such value; none in tensors of other types. */
  static OptionalLong first(Tensor tensor) {
    int index =
        switch (tensor.elementType()) {
          case FLOAT -> firstFloat(tensor.bytes().asIntBuffer());
          case DOUBLE -> firstDouble(tensor.bytes().asDoubleBuffer());
          case FLOAT16 -> firstShort(tensor.bytes().asShortBuffer(), FLOAT16_EXPONENT);
          case BFLOAT16 -> firstShort(tensor.bytes().asShortBuffer(), BFLOAT16_EXPONENT);
          default -> -1;
        };
    return index < 0 ? OptionalLong.empty() : OptionalLong.of(index);
  }

  /** Looks for the largest exponent of a chunk first, which compiles to vector instructions. */
  private static int firstFloat(IntBuffer bits) {
    int[] chunk = new int[Math.min(CHUNK_LENGTH, bits.limit())];
    for (int from = 0; from < bits.limit(); from += chunk.length) {
      int length = Math.min(chunk.length, bits.limit() - from);
      bits.get(from, chunk, 0, length);
      if (largestExponent(chunk, length) == FLOAT_EXPONENT) {
        return from + firstWithAllBits(chunk);
      }
    }
    return -1;
  }

  private static int largestExponent(int[] bits, int length) {
    int largest = 0;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, bits[i] & FLOAT_EXPONENT);
    }
    return largest;
  }

  private static int firstWithAllBits(int[] bits) {
    int index = 0;
    while ((bits[index] & FLOAT_EXPONENT) != FLOAT_EXPONENT) {
      index++;
    }
    return index;
  }

  private static int firstDouble(DoubleBuffer values) {
    for (int i = 0; i < values.limit(); i++) {
      if (!Double.isFinite(values.get(i))) {
        return i;
      }
    }
    return -1;
  }

  /** All bits of the exponent are set in NaN and infinity, and in no other value. */
  private static int firstShort(ShortBuffer values, int exponent) {
    for (int i = 0; i < values.limit(); i++) {
      if ((values.get(i) & exponent) == exponent) {
        return i;
      }
    }
    return -1;
  }
}
