/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a new engine and its reference with the samples of a check. */
final class EngineAnswers {

  private static final Logger LOGGER = LoggerFactory.getLogger(EngineAnswers.class);

  private EngineAnswers() {}

  /**
   * Returns how far the answers agree.
   *
   * @throws EngineMismatchException if they do not agree enough
   */
  static List<OutputAgreement> verify(EnginePlan plan, AnswerCheck check, double minimumSqnr) {
    AnswerComparison comparison = new AnswerComparison(plan.options());
    try (Engine engine = plan.load();
        ExecutionSession session = engine.newSession()) {
      for (Map<String, Tensor> sample : check.samples()) {
        comparison.observe(check.reference().run(sample), session.run(sample));
      }
    }
    comparison.verify(minimumSqnr);
    LOGGER.debug(
        "engine agrees with the reference in {}; built with {}",
        comparison.agreements(),
        plan.options());
    return comparison.agreements();
  }
}
