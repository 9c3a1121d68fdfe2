/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import io.github.quant4j.core.qparams.QuantizedType;
import java.nio.ByteBuffer;

/** Codes as plain numbers, packed and unpacked bit by bit, to check the quantizers against. */
final class QuantizerCodes {

  private QuantizerCodes() {}

  static ByteBuffer pack(QuantizedType type, long... codes) {
    ByteBuffer bytes = ByteBuffer.allocate((codes.length * type.bits() + 7) / 8);
    for (int i = 0; i < codes.length * type.bits(); i++) {
      long bit = (codes[i / type.bits()] >> (i % type.bits())) & 1;
      bytes.put(i / 8, (byte) (bytes.get(i / 8) | (bit << (i % 8))));
    }
    return bytes;
  }

  static long[] unpack(QuantizedType type, ByteBuffer bytes, int codeCount) {
    long[] codes = new long[codeCount];
    for (int i = 0; i < codeCount * type.bits(); i++) {
      long bit = (bytes.get(bytes.position() + i / 8) >> (i % 8)) & 1;
      codes[i / type.bits()] |= bit << (i % type.bits());
    }
    for (int i = 0; i < codeCount; i++) {
      codes[i] -= codes[i] > type.maximum() ? 1L << type.bits() : 0;
    }
    return codes;
  }
}
