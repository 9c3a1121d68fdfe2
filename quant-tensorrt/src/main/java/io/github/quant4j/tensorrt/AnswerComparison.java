/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Collects the answers of an engine and of its reference, and judges them. Not thread-safe. */
final class AnswerComparison {

  private final String options;
  private final Map<String, OutputComparison> outputs = new LinkedHashMap<>();

  /**
   * Creates a comparison without answers.
   *
   * @param options how the engine was built, in words
   */
  AnswerComparison(String options) {
    this.options = options;
  }

  /**
   * Takes in the answers to one sample.
   *
   * @param expected what the reference answered; outputs that the engine does not have are left
   * @param actual what the engine answered
   * @throws EngineBuildException if the reference lacks an output
   * @throws EngineMismatchException if an output has another shape, or is no float on one side only
   */
  void observe(Map<String, Tensor> expected, Map<String, Tensor> actual) {
    actual.forEach(
        (output, answer) -> {
          Tensor reference = expected.get(output);
          if (reference == null) {
            throw EngineBuildException.refusal(
                "reference of the check gives outputs %s, expected '%s' of the engine among them"
                    .formatted(expected.keySet(), output));
          }
          if (!OutputComparison.isComparable(reference, answer)) {
            throw new EngineMismatchException(
                "engine gives output '%s' as %s, expected %s as the reference does; built with %s"
                    .formatted(output, answer, reference, options),
                List.of());
          }
          outputs.computeIfAbsent(output, OutputComparison::new).observe(reference, answer);
        });
  }

  /** Takes in all answers that another comparison has seen. */
  void combine(AnswerComparison other) {
    other.outputs.forEach(
        (name, output) -> outputs.computeIfAbsent(name, OutputComparison::new).combine(output));
  }

  /** How far each output agrees, in the order of the engine. */
  List<OutputAgreement> agreements() {
    return outputs.values().stream().map(OutputComparison::agreement).toList();
  }

  /**
   * Returns when all outputs are close enough.
   *
   * @throws EngineMismatchException naming those that are not
   */
  void verify(double minimumSqnr) {
    List<OutputAgreement> agreements = agreements();
    String wrong =
        agreements.stream()
            .filter(agreement -> !agreement.holds(minimumSqnr))
            .map(OutputAgreement::toString)
            .collect(Collectors.joining("; "));
    if (!wrong.isEmpty()) {
      throw new EngineMismatchException(
          String.format(
              Locale.ROOT,
              "engine answers unlike the reference in output %s, expected %.1f dB or more and only"
                  + " finite elements; built with %s; build it with another precision,"
                  + " optimizationLevel or withoutTimingCache, or look for what overflows",
              wrong,
              minimumSqnr,
              options),
          agreements);
    }
  }

  @Override
  public String toString() {
    return agreements().toString();
  }
}
