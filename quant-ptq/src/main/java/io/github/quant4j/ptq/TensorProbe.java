/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.quantize.QuantizationError;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.ExposeObservationPoints;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares quantized activations with the float tensors they stand for: the output of each
 * DequantizeLinear behind a QuantizeLinear, against the tensor of the float model that has the name
 * of what is quantized. Tensors the float model does not have are left out.
 */
final class TensorProbe implements AutoCloseable {
  private final InferenceSession floatSession;
  private final InferenceSession int8Session;
  private final Map<String, String> dequantizedByTensor;
  private final Map<String, QuantizationError> errors = new LinkedHashMap<>();

  private TensorProbe(
      InferenceSession floatSession,
      InferenceSession int8Session,
      Map<String, String> dequantizedByTensor) {
    this.floatSession = floatSession;
    this.int8Session = int8Session;
    this.dequantizedByTensor = dequantizedByTensor;
    dequantizedByTensor.keySet().forEach(name -> errors.put(name, QuantizationError.create()));
  }

  static TensorProbe open(OnnxModel reference, OnnxModel quantized, SessionSettings settings) {
    Map<String, String> pairs = pairs(reference, quantized);
    InferenceSession floatSession = exposed(reference, pairs.keySet(), settings);
    try {
      InferenceSession int8Session = exposed(quantized, pairs.values(), settings);
      return new TensorProbe(floatSession, int8Session, pairs);
    } catch (RuntimeException e) {
      floatSession.close();
      throw e;
    }
  }

  void compare(TensorBatch batch) {
    Map<String, Tensor> expected = floatSession.run(batch);
    Map<String, Tensor> actual = int8Session.run(batch);
    dequantizedByTensor.forEach(
        (tensor, dequantized) -> {
          Tensor reference = batch.tensor(tensor).orElseGet(() -> require(expected, tensor));
          require(errors, tensor)
              .observe(reference.floats(), require(actual, dequantized).floats());
        });
  }

  List<TensorComparison> comparisons() {
    List<TensorComparison> comparisons = new ArrayList<>();
    errors.forEach(
        (name, error) -> {
          if (error.count() > 0) {
            comparisons.add(TensorComparison.of(name, error));
          }
        });
    return comparisons;
  }

  @Override
  public void close() {
    int8Session.close();
    floatSession.close();
  }

  private static Map<String, String> pairs(OnnxModel reference, OnnxModel quantized) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (Node node : quantized.graph().nodes()) {
      if (node.is("QuantizeLinear") && !node.output().uses().isEmpty()) {
        Value tensor = node.input(0).orElseThrow();
        Node dequantizer = node.output().uses().get(0).node();
        if (dequantizer.is("DequantizeLinear")
            && reference.graph().value(tensor.name()).isPresent()) {
          pairs.put(tensor.name(), dequantizer.output().name());
        }
      }
    }
    return pairs;
  }

  private static InferenceSession exposed(
      OnnxModel model, Iterable<String> tensors, SessionSettings settings) {
    List<String> names = new ArrayList<>();
    tensors.forEach(names::add);
    OnnxModel copy = model.copy();
    ExposeObservationPoints.of(names).run(copy);
    return InferenceSession.open(copy.toByteArray(), settings);
  }

  private static <T> T require(Map<String, T> map, String name) {
    T found = map.get(name);
    if (found == null) {
      throw new VerificationException("tensor \"" + name + "\" is missing from a run");
    }
    return found;
  }
}
