/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Tensor;
import java.util.Map;

/**
 * Answers what an engine should answer: another runtime with the same model, or an engine that is
 * known to be right.
 *
 * @see AnswerCheck
 */
@FunctionalInterface
public interface EngineReference {

  /**
   * Runs the model.
   *
   * @param inputs input name to tensor, one for every input of the model; neither kept nor changed
   * @return output name to tensor, at least one for every output of the engine
   */
  Map<String, Tensor> run(Map<String, Tensor> inputs);
}
