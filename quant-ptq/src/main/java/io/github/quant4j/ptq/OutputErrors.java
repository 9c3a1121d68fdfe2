/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.quantize.QuantizationError;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.ptq.RepairComparison.Subject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects how far outputs of one form of a model are from those of another. Not thread-safe. */
final class OutputErrors {
  private final Subject of;
  private final Subject against;
  private final Map<String, QuantizationError> errors = new LinkedHashMap<>();

  OutputErrors(Subject of, Subject against, List<String> outputs) {
    this.of = of;
    this.against = against;
    outputs.forEach(name -> errors.put(name, QuantizationError.create()));
  }

  void add(Map<String, Tensor> expected, Map<String, Tensor> actual) {
    errors.forEach(
        (name, error) -> {
          Tensor reference = require(expected, name, against);
          Tensor output = require(actual, name, of);
          if (!reference.shape().equals(output.shape())
              || reference.elementType() != output.elementType()) {
            throw new VerificationException(
                "output \"%s\" is %s of the %s and %s of the %s; expected the same type and shape"
                    .formatted(name, reference, against.words(), output, of.words()));
          }
          error.observe(reference.floats(), output.floats());
        });
  }

  RepairComparison comparison() {
    return new RepairComparison(
        of,
        against,
        errors.entrySet().stream()
            .map(entry -> TensorComparison.of(entry.getKey(), entry.getValue()))
            .toList());
  }

  private static Tensor require(Map<String, Tensor> outputs, String name, Subject subject) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new VerificationException(
          "output \"%s\" is missing from the %s; found %s"
              .formatted(name, subject.words(), outputs.keySet()));
    }
    return tensor;
  }
}
