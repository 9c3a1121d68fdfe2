/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

/**
 * Finds the defects of one kind, or of a few that are found together, and mends them.
 *
 * <p>A pass holds no state, tells the context of everything it finds, and changes nothing when run
 * a second time. What it cannot mend it reports as refused and leaves alone; it throws nothing for
 * what a model holds. It visits the main graph; bodies of If, Loop and Scan stay as they are.
 */
interface RepairPass {

  /**
   * Mends the model of a context in place.
   *
   * @return true when the model was changed
   */
  boolean run(RepairContext context);
}
