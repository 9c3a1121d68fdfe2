/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

/**
 * A float model and the INT8 model made from it.
 *
 * @param floatModel the float model
 * @param int8Model the INT8 model
 */
record ModelPair(FileSize floatModel, FileSize int8Model) {}
