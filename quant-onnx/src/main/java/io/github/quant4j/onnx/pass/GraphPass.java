/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.onnx.OnnxModel;

/**
 * One rewriting of a model that keeps what the model computes, up to what its Javadoc states.
 *
 * <p>A pass holds no state, so that one instance serves any number of models. It decides before it
 * changes, tells truthfully whether it changed anything, and run a second time changes nothing. It
 * visits the main graph; bodies of If, Loop and Scan and local functions stay as they are unless
 * its Javadoc says otherwise. Open for implementation.
 */
public interface GraphPass {

  /**
   * Returns what the pass does, as an imperative phrase.
   *
   * @return the name, for messages
   */
  default String name() {
    return getClass().getSimpleName();
  }

  /**
   * Rewrites a model in place.
   *
   * @param model the model
   * @return true when the model was changed
   */
  boolean run(OnnxModel model);
}
