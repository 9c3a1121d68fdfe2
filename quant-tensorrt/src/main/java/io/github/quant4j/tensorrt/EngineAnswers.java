/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a new engine and its reference with the samples of a check. */
final class EngineAnswers {

  private static final Logger LOGGER = LoggerFactory.getLogger(EngineAnswers.class);

  private EngineAnswers() {}

  /**
   * Returns how far the answers agree over all profiles.
   *
   * @throws EngineMismatchException if those of one profile do not agree enough
   */
  static List<OutputAgreement> verify(EnginePlan plan, AnswerCheck check, double minimumSqnr) {
    AnswerComparison all = new AnswerComparison(plan.options());
    try (Engine engine = plan.load()) {
      List<ShapeProfile> shapes =
          IntStream.range(0, engine.profileCount()).mapToObj(engine::profile).toList();
      List<ProfileInputs> profiles = ProfileInputs.of(shapes, engine.inputs());
      for (int profile = 0; profile < profiles.size(); profile++) {
        List<Map<String, Tensor>> samples =
            check.samples().stream().filter(profiles.get(profile)::takes).toList();
        if (samples.isEmpty()) {
          LOGGER.warn("optimization profile {} is not checked, no sample fits it", profile);
        } else {
          AnswerComparison one =
              new AnswerComparison("%s; profile %s".formatted(plan.options(), profile));
          run(engine.newSession(profile), check.reference(), samples, one);
          one.verify(minimumSqnr);
          all.combine(one);
        }
      }
    }
    LOGGER.debug("engine built with {} answers as the reference in {}", plan.options(), all);
    return all.agreements();
  }

  private static void run(
      ExecutionSession opened,
      EngineReference reference,
      List<Map<String, Tensor>> samples,
      AnswerComparison comparison) {
    try (ExecutionSession session = opened) {
      for (Map<String, Tensor> sample : samples) {
        comparison.observe(reference.run(sample), session.run(sample));
      }
    }
  }
}
