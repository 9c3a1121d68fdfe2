/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** How strictly {@link EngineBuilder#layerPrecision} is meant. */
public enum PrecisionConstraint {
  /** Another precision is taken where no kernel of the wanted one exists. */
  PREFER,
  /** The build fails where no kernel of the wanted precision exists. */
  OBEY
}
