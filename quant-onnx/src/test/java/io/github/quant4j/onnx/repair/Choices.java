/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

/** Decisions read from bytes, one byte each; when they are used up, every answer is the first. */
final class Choices {
  private final byte[] bytes;
  private int position;

  Choices(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Tells whether answers are still free. */
  boolean areLeft() {
    return position < bytes.length;
  }

  /** Returns a number from 0 to below the bound. */
  int below(int bound) {
    return areLeft() ? Byte.toUnsignedInt(bytes[position++]) % bound : 0;
  }

  /** Returns one of the given things. */
  @SafeVarargs
  final <T> T of(T... things) {
    return things[below(things.length)];
  }
}
