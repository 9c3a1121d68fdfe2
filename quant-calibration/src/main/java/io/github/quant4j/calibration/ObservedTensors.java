/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.tensor.ElementType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The names of the observed tensors: inputs of the model, and outputs that are no inputs. An input
 * that is an output as it is would not be written to memory of ours.
 *
 * @param inputs names of inputs
 * @param outputs names of outputs
 */
record ObservedTensors(Set<String> inputs, Set<String> outputs) {

  /** Sorts names, all of which must be float tensors of the model. */
  static ObservedTensors of(Collection<String> names, InferenceSession session) {
    Map<String, TensorSignature> outputs = byName(session.outputs());
    Map<String, TensorSignature> inputs = byName(session.inputs());
    ObservedTensors observed = new ObservedTensors(new LinkedHashSet<>(), new LinkedHashSet<>());
    for (String tensor : names) {
      requireFloat(tensor, outputs, inputs);
      (inputs.containsKey(tensor) ? observed.inputs : observed.outputs).add(tensor);
    }
    return observed;
  }

  /** Returns the names of all. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>(inputs);
    names.addAll(outputs);
    return names;
  }

  private static Map<String, TensorSignature> byName(Collection<TensorSignature> signatures) {
    Map<String, TensorSignature> byName = new LinkedHashMap<>();
    signatures.forEach(signature -> byName.put(signature.name(), signature));
    return byName;
  }

  private static void requireFloat(
      String tensor, Map<String, TensorSignature> outputs, Map<String, TensorSignature> inputs) {
    TensorSignature signature = outputs.getOrDefault(tensor, inputs.get(tensor));
    if (signature == null) {
      throw new CalibrationException(
          "observed tensor '%s' is neither an output %s nor an input %s of the observation model"
              .formatted(tensor, outputs.keySet(), inputs.keySet()));
    }
    if (signature.elementType() != ElementType.FLOAT) {
      throw new CalibrationException(
          "observed tensor '%s' is of type %s, expected float"
              .formatted(tensor, signature.elementType()));
    }
  }
}
