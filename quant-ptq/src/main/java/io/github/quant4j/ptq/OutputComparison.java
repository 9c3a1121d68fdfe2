/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.quantize.QuantizationError;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects the differences of the outputs of two models, and right answers. Not thread-safe. */
final class OutputComparison {
  private final Map<String, QuantizationError> errors = new LinkedHashMap<>();
  private final String classOutput;
  private final long @Nullable [] labels;
  private long sampleCount;
  private long referenceCorrect;
  private long quantizedCorrect;
  private long agreeing;

  OutputComparison(List<String> outputs, long @Nullable [] labels) {
    outputs.forEach(name -> errors.put(name, QuantizationError.create()));
    this.classOutput = outputs.get(0);
    this.labels = labels;
  }

  long sampleCount() {
    return sampleCount;
  }

  void add(long samples, Map<String, Tensor> expected, Map<String, Tensor> actual) {
    errors.forEach(
        (name, error) -> {
          Tensor reference = require(expected, name);
          Tensor quantized = require(actual, name);
          if (!reference.shape().equals(quantized.shape())) {
            throw new VerificationException(
                "output \""
                    + name
                    + "\" has shape "
                    + reference.shape()
                    + " in the float model and "
                    + quantized.shape()
                    + " in the quantized one");
          }
          error.observe(reference.floats(), quantized.floats());
        });
    if (labels != null) {
      count(labels, samples, require(expected, classOutput), require(actual, classOutput));
    }
    sampleCount += samples;
  }

  /**
   * Compares nothing, and throws where what the float model gives could not be.
   *
   * @throws VerificationException if an output is missing, or the scores are not [samples, classes]
   */
  void verify(long samples, Map<String, Tensor> expected) {
    errors.keySet().forEach(name -> require(expected, name));
    if (labels != null) {
      requireScores(samples, require(expected, classOutput));
    }
  }

  VerificationReport report(List<TensorComparison> tensors) {
    if (sampleCount == 0) {
      throw new VerificationException("the source has no sample; expected at least one");
    }
    if (labels != null && labels.length != sampleCount) {
      throw new VerificationException(
          "found "
              + labels.length
              + " labels for "
              + sampleCount
              + " samples; expected a label per sample");
    }
    List<TensorComparison> outputs =
        errors.entrySet().stream()
            .map(entry -> TensorComparison.of(entry.getKey(), entry.getValue()))
            .toList();
    Optional<TopOneAccuracy> topOne =
        labels == null
            ? Optional.empty()
            : Optional.of(
                new TopOneAccuracy(sampleCount, referenceCorrect, quantizedCorrect, agreeing));
    return new VerificationReport(sampleCount, outputs, tensors, topOne);
  }

  private void count(long[] classes, long samples, Tensor expected, Tensor actual) {
    requireScores(samples, expected);
    int classCount = Math.toIntExact(expected.shape().dimension(1));
    for (int i = 0; i < samples; i++) {
      int reference = largest(expected.floats(), i * classCount, classCount);
      int quantized = largest(actual.floats(), i * classCount, classCount);
      long label = label(classes, sampleCount + i);
      referenceCorrect += reference == label ? 1 : 0;
      quantizedCorrect += quantized == label ? 1 : 0;
      agreeing += reference == quantized ? 1 : 0;
    }
  }

  private void requireScores(long samples, Tensor expected) {
    if (expected.shape().rank() != 2 || expected.shape().dimension(0) != samples) {
      throw new VerificationException(
          "output \""
              + classOutput
              + "\" of shape "
              + expected.shape()
              + " cannot be compared with labels; expected ["
              + samples
              + ", classes]");
    }
  }

  private static long label(long[] classes, long index) {
    if (index >= classes.length) {
      throw new VerificationException(
          "found " + classes.length + " labels for more samples; expected a label per sample");
    }
    return classes[(int) index];
  }

  /** Returns the index of the largest element, the first of equal ones as argmax does. */
  private static int largest(FloatBuffer scores, int offset, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (scores.get(offset + i) > scores.get(offset + best)) {
        best = i;
      }
    }
    return best;
  }

  private static Tensor require(Map<String, Tensor> outputs, String name) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw new VerificationException("output \"" + name + "\" is missing from a run");
    }
    return tensor;
  }
}
