/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.javacpp.Pointer;

/** A bare address for the presets. Owns nothing and frees nothing. */
final class Address extends Pointer {

  Address(long value) {
    address = value;
  }
}
