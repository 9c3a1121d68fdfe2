/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import io.github.quant4j.core.qparams.QuantizedType;

/**
 * The layout of codes of at most 16 bits in little-endian bytes.
 *
 * <p>Going in, a code {@code q} is the float {@code 1.5 * 2^23 + q}, see {@link NarrowKernel},
 * whose low bits are those of {@code q} in two's complement.
 */
enum CodeFormat {
  /** Two codes a byte, the first in the low half; the high half of an odd last byte is 0. */
  NIBBLES {
    @Override
    int encode(float[] biased, int length, byte[] codes) {
      int seen = 0;
      for (int i = 0; i < length; i += 2) {
        int low = Float.floatToRawIntBits(biased[i]);
        int high = i + 1 < length ? Float.floatToRawIntBits(biased[i + 1]) : 0;
        seen |= low | high;
        codes[i >> 1] = (byte) ((low & 0xF) | (high << 4));
      }
      return seen;
    }

    @Override
    void decode(byte[] codes, int length, boolean isSigned, float[] values) {
      int unused = Integer.SIZE - 4;
      for (int i = 0; i < length; i++) {
        int code = codes[i >> 1] >> ((i & 1) << 2);
        values[i] = isSigned ? code << unused >> unused : code & 0xF;
      }
    }
  },
  /** One code a byte. */
  BYTES {
    @Override
    int encode(float[] biased, int length, byte[] codes) {
      int seen = 0;
      for (int i = 0; i < length; i++) {
        int bits = Float.floatToRawIntBits(biased[i]);
        seen |= bits;
        codes[i] = (byte) bits;
      }
      return seen;
    }

    @Override
    void decode(byte[] codes, int length, boolean isSigned, float[] values) {
      int mask = isSigned ? -1 : 0xFF;
      for (int i = 0; i < length; i++) {
        values[i] = codes[i] & mask;
      }
    }
  },
  /** One code in two bytes, the low one first. */
  SHORTS {
    @Override
    int encode(float[] biased, int length, byte[] codes) {
      int seen = 0;
      for (int i = 0; i < length; i++) {
        int bits = Float.floatToRawIntBits(biased[i]);
        seen |= bits;
        codes[2 * i] = (byte) bits;
        codes[2 * i + 1] = (byte) (bits >> 8);
      }
      return seen;
    }

    @Override
    void decode(byte[] codes, int length, boolean isSigned, float[] values) {
      int mask = isSigned ? -1 : 0xFFFF;
      for (int i = 0; i < length; i++) {
        values[i] = ((codes[2 * i] & 0xFF) | (codes[2 * i + 1] << 8)) & mask;
      }
    }
  };

  /** Returns the format of a type of at most 16 bits. */
  static CodeFormat of(QuantizedType type) {
    return switch (type) {
      case INT4, UINT4 -> NIBBLES;
      case INT8, UINT8 -> BYTES;
      case INT16, UINT16 -> SHORTS;
      case INT32 -> throw new AssertionError(type);
    };
  }

  /** Writes codes and returns the bitwise or of all floats, in which a NaN can be told. */
  abstract int encode(float[] biased, int length, byte[] codes);

  /** Reads codes. */
  abstract void decode(byte[] codes, int length, boolean isSigned, float[] values);
}
