/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.tensorrt.EngineReference;
import java.util.Map;

/** An engine in a comparison, ready to run. Used by one thread at a time. */
interface ComparedEngine extends EngineReference, AutoCloseable {
  /** Returns what is known before it runs. */
  PlanFacts plan();

  /**
   * Returns inputs that fit it, where nothing else says any.
   *
   * @throws VerificationException if none can be made up
   */
  Map<String, Tensor> madeUpInputs(int batchSize);

  /** Frees what the comparison made; an engine of the user stays open. */
  @Override
  void close();
}
