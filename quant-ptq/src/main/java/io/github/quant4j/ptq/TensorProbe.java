/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.quantize.QuantizationError;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.ExposeObservationPoints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares quantized activations with the float tensors they stand for: the output of each
 * DequantizeLinear behind a QuantizeLinear, against the tensor of the float model that has the name
 * of what is quantized. Tensors the float model does not have are left out.
 */
final class TensorProbe implements AutoCloseable {
  private final OpenModel reference;
  private final OpenModel quantized;
  private final Map<String, String> dequantizedByTensor;
  private final Map<String, QuantizationError> errors = new LinkedHashMap<>();

  private TensorProbe(
      OpenModel reference, OpenModel quantized, Map<String, String> dequantizedByTensor) {
    this.reference = reference;
    this.quantized = quantized;
    this.dequantizedByTensor = dequantizedByTensor;
    dequantizedByTensor.keySet().forEach(name -> errors.put(name, QuantizationError.create()));
  }

  static TensorProbe open(OnnxModel reference, OnnxModel quantized, SessionSettings settings)
      throws IOException {
    Map<String, String> pairs = pairs(reference, quantized);
    RuntimeForm int8 = RuntimeForm.of(quantized, settings);
    OnnxModel readable = int8.model();
    if (int8.isStronglyTyped()) {
      pairs.replaceAll((tensor, dequantized) -> castToFloat(readable, dequantized));
    }
    OpenModel floatModel = exposed(reference, pairs.keySet(), settings);
    try {
      OpenModel int8Model = exposed(readable, pairs.values(), int8.settings());
      return new TensorProbe(floatModel, int8Model, pairs);
    } catch (IOException | RuntimeException e) {
      floatModel.close();
      throw e;
    }
  }

  void compare(TensorBatch batch) {
    Map<String, Tensor> expected = reference.run(batch);
    Map<String, Tensor> actual = quantized.run(batch);
    dequantizedByTensor.forEach(
        (tensor, dequantized) -> {
          Tensor original = batch.tensor(tensor).orElseGet(() -> require(expected, tensor));
          require(errors, tensor).observe(original.floats(), require(actual, dequantized).floats());
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
    quantized.close();
    reference.close();
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

  /** Makes a tensor of mode S readable, be it float16 or float32; returns the name to read. */
  private static String castToFloat(OnnxModel model, String dequantized) {
    GraphRewriter rewriter = model.graph().rewriter();
    Value tensor = model.graph().value(dequantized).orElseThrow();
    String name = rewriter.freeName(dequantized + "_float32");
    rewriter.insertBehind(
        tensor.producer().orElseThrow(),
        NodeBlueprint.of("Cast", name + "_Cast", List.of(tensor), name)
            .withInteger("to", ElementType.FLOAT.onnxCode()));
    return name;
  }

  private static <T> T require(Map<String, T> map, String name) {
    T found = map.get(name);
    if (found == null) {
      throw new VerificationException("tensor \"" + name + "\" is missing from a run");
    }
    return found;
  }

  /** Opens a model that gives tensors inside it, too. */
  private static OpenModel exposed(
      OnnxModel model, Collection<String> tensors, SessionSettings settings) throws IOException {
    OnnxModel copy = model.copy();
    ExposeObservationPoints.of(tensors).run(copy);
    return OpenModel.asWritten(copy, settings);
  }
}
