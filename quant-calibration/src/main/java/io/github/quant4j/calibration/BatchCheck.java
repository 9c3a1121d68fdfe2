/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Compares a batch with the inputs of a model and says what does not fit. */
final class BatchCheck {

  private BatchCheck() {}

  /** Throws a {@link CalibrationException} unless the batch fits the inputs. */
  static void check(TensorBatch batch, List<TensorSignature> inputs) {
    checkNames(batch, inputs);
    if (batch.sampleCount() == 0) {
      throw new CalibrationException("batch " + batch + " has no sample, expected at least one");
    }
    for (TensorSignature input : inputs) {
      Tensor tensor = batch.tensor(input.name()).orElseThrow();
      checkType(input, tensor);
      checkShape(input, tensor.shape());
    }
  }

  /** Throws a {@link CalibrationException} if an input is fed by a parameter and by samples. */
  static void checkFedOnce(TensorBatch batch, Set<String> parameters) {
    for (String name : batch.names()) {
      if (parameters.contains(name)) {
        throw new CalibrationException(
            "input '%s' is fed by a parameter and by the samples, expected one of them; %s"
                .formatted(name, "leave it out of the samples or set no parameter"));
      }
    }
  }

  /** Throws a {@link CalibrationException} unless each parameter fits the input of its name. */
  static void checkParameters(Map<String, Tensor> parameters, List<TensorSignature> inputs) {
    Map<String, TensorSignature> inputsByName = new LinkedHashMap<>();
    inputs.forEach(input -> inputsByName.put(input.name(), input));
    parameters.forEach(
        (name, tensor) -> {
          TensorSignature input = inputsByName.get(name);
          if (input == null) {
            throw new CalibrationException(
                "parameter '%s' is no input of the model; the model's inputs are %s"
                    .formatted(name, inputsByName.keySet()));
          }
          checkParameter(input, tensor);
        });
  }

  private static void checkParameter(TensorSignature input, Tensor tensor) {
    boolean isFit =
        tensor.elementType() == input.elementType()
            && tensor.shape().rank() == input.dimensions().size();
    for (int axis = 0; isFit && axis < tensor.shape().rank(); axis++) {
      long dimension = input.dimensions().get(axis);
      isFit = dimension < 0 || dimension == tensor.shape().dimension(axis);
    }
    if (!isFit) {
      throw new CalibrationException(
          "input '%s' takes %s, got parameter %s".formatted(input.name(), input, tensor));
    }
    requireKnownType(input);
  }

  private static void checkNames(TensorBatch batch, List<TensorSignature> inputs) {
    List<String> expected = inputs.stream().map(TensorSignature::name).toList();
    Set<String> missing = new TreeSet<>(expected);
    missing.removeAll(batch.names());
    if (!missing.isEmpty()) {
      throw new CalibrationException(
          "input '%s' is missing in the samples; found %s, the model's inputs are %s; %s"
              .formatted(
                  missing.iterator().next(),
                  batch.names(),
                  expected,
                  "name the arrays as the inputs"));
    }
    Set<String> unknown = new TreeSet<>(batch.names());
    expected.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new CalibrationException(
          "array '%s' of the samples is no input of the model; found %s, the model's inputs are %s; %s"
              .formatted(
                  unknown.iterator().next(), batch.names(), expected, "leave out the others"));
    }
  }

  private static void checkType(TensorSignature input, Tensor tensor) {
    if (tensor.elementType() != input.elementType()) {
      throw new CalibrationException(
          "input '%s' got samples of type %s, expected %s; convert the array"
              .formatted(input.name(), tensor.elementType(), input.elementType()));
    }
    requireKnownType(input);
  }

  private static void requireKnownType(TensorSignature input) {
    if (!OrtTensors.canWrap(input.elementType())) {
      throw new CalibrationException(
          "input '%s' is of type %s, which ONNX Runtime's Java package cannot take; %s"
              .formatted(input.name(), input.elementType(), "change the input of the model"));
    }
  }

  private static void checkShape(TensorSignature input, Shape shape) {
    List<Long> expected = input.dimensions();
    if (expected.isEmpty()) {
      throw wrongShape(input, shape, "a scalar is of no sample; feed it as a parameter instead");
    }
    if (shape.rank() != expected.size()) {
      throw wrongShape(input, shape, "expected " + expected.size() + " axes");
    }
    for (int axis = 0; axis < shape.rank(); axis++) {
      long dimension = expected.get(axis);
      if (dimension < 0 || dimension == shape.dimension(axis)) {
        continue;
      }
      if (axis == 0) {
        throw wrongShape(
            input,
            shape,
            "%s samples at once, expected %s; use a batch size of %s"
                .formatted(shape.dimension(0), dimension, dimension));
      }
      throw wrongShape(
          input,
          shape,
          "%s on axis %s, expected %s".formatted(shape.dimension(axis), axis, dimension));
    }
  }

  private static CalibrationException wrongShape(TensorSignature input, Shape shape, String found) {
    return new CalibrationException(
        "input '%s' takes %s, got samples of shape %s: %s"
            .formatted(input.name(), input, shape, found));
  }
}
