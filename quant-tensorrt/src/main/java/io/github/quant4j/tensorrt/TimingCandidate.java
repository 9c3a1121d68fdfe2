/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.tensor.Tensor;
import java.util.Map;

/**
 * An engine that is compared with others.
 *
 * @param name what it is called in the comparison
 * @param engine the engine, open as long as it is timed
 * @param inputs input name to tensor, the same in every run; the first axis of the first one is
 *     taken as the batch size
 */
public record TimingCandidate(String name, Engine engine, Map<String, Tensor> inputs) {

  /**
   * Creates a candidate.
   *
   * @param name the name
   * @param engine the engine
   * @param inputs the inputs; copied
   */
  public TimingCandidate {
    requireNonNull(name, "name");
    requireNonNull(engine, "engine");
    inputs = Map.copyOf(inputs);
  }
}
