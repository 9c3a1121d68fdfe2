/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.util.Map;

/** What a comparison needs a GPU for. */
interface EngineBench {
  /**
   * Builds or loads an engine.
   *
   * @param samples what it will be run with
   */
  ComparedEngine open(EngineCandidate candidate, ComparisonSamples samples) throws IOException;

  /**
   * Times engines in turn.
   *
   * @param engines the engines by name, the baseline first
   * @param inputs what all are run with
   * @return a speed for each
   */
  Map<String, EngineSpeed> time(Map<String, ComparedEngine> engines, Map<String, Tensor> inputs);
}
