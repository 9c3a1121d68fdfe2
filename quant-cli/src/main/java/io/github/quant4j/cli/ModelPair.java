/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

/**
 * A float model and the INT8 model made from it.
 *
 * @param floatModel the float model
 * @param int8Model the INT8 model
 */
record ModelPair(ModelFiles floatModel, ModelFiles int8Model) {
  /** Returns the size of the INT8 model as a share of that of the float model. */
  double ratio() {
    return (double) int8Model.bytes() / floatModel.bytes();
  }
}
