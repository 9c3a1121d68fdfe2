/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.function.Predicate;

/** What a pass does to a model, seen in ONNX Runtime. */
final class PassEffect {
  private PassEffect() {}

  /** Runs a pass that should change a model, and asserts that the outputs stay as they were. */
  static void assertKeepsTheFunction(
      Predicate<OnnxModel> pass, OnnxModel model, Map<String, Tensor> inputs, double tolerance) {
    Map<String, Tensor> before = OnnxRuntimeOracle.run(model, inputs);

    assertThat(pass.test(model)).isTrue();

    assertThat(deviation(before, OnnxRuntimeOracle.run(model, inputs)))
        .isLessThanOrEqualTo(tolerance);
    assertThat(pass.test(model)).as("second run").isFalse();
  }

  /** Returns the largest difference of an output, divided by its largest absolute value. */
  static double deviation(Map<String, Tensor> before, Map<String, Tensor> after) {
    assertThat(after.keySet()).isEqualTo(before.keySet());
    double largest = 0;
    for (Map.Entry<String, Tensor> output : before.entrySet()) {
      Tensor other = after.getOrDefault(output.getKey(), output.getValue());
      assertThat(other.shape()).isEqualTo(output.getValue().shape());
      largest = Math.max(largest, deviation(output.getValue().floats(), other.floats()));
    }
    return largest;
  }

  private static double deviation(FloatBuffer expected, FloatBuffer actual) {
    double error = 0;
    double size = 0;
    while (expected.hasRemaining()) {
      float value = expected.get();
      double difference = Math.abs((double) value - actual.get());
      // A NaN on either side must not pass for no difference.
      error = difference <= error ? error : difference;
      size = Math.max(size, Math.abs(value));
    }
    return error == 0 ? 0 : error / size;
  }

  static String[] operators(OnnxModel model) {
    return model.graph().nodes().stream().map(Node::opType).toArray(String[]::new);
  }
}
