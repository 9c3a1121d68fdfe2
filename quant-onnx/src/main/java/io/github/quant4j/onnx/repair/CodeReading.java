/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

/**
 * What uint8 codes with zero point 0 mean in a model that does not tell (R05). With the scale s of
 * the pair, signed codes reach from -128 s to 127 s, unsigned ones from 0 to 255 s.
 */
public enum CodeReading {
  /** They are int8: the exporter wrote the wrong type (R03). */
  SIGNED,
  /** They are uint8, as they say (R04). */
  UNSIGNED
}
