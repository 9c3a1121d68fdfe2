/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.data.Offset;

/** Runs a model before and after the lift, in ONNX Runtime. */
final class Lifting {
  private Lifting() {}

  /** Lifts a model of one input; all outputs must be the same, bit for bit. */
  static OnnxModel keepsResults(ModelBuilder builder, int target, Tensor input) {
    OnnxModel model = builder.build();
    Map<String, Tensor> inputs = Map.of(model.graph().inputs().get(0).name(), input);
    Map<String, Tensor> expected = OnnxRuntimeOracle.run(model, inputs);

    assertThat(LiftOpset.to(target).run(model)).isTrue();

    assertThat(model.opset()).isEqualTo(target);
    Map<String, Tensor> found = OnnxRuntimeOracle.run(OnnxModel.of(model.toByteArray()), inputs);
    assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
    found.forEach(
        (name, tensor) -> {
          Tensor before = requireNonNull(expected.get(name));
          assertThat(tensor.shape()).as(name).isEqualTo(before.shape());
          assertThat(tensor.bytes()).as(name).isEqualTo(before.bytes());
        });
    return model;
  }

  /** Lifts a model of one float input and output; sums may come in another order. */
  static OnnxModel keepsResultsUpToOrder(ModelBuilder builder, int target, Tensor input) {
    OnnxModel model = builder.build();
    Tensor expected = OnnxRuntimeOracle.firstOutput(model, input);

    assertThat(LiftOpset.to(target).run(model)).isTrue();

    Tensor found = OnnxRuntimeOracle.firstOutput(model, input);
    assertThat(found.shape()).isEqualTo(expected.shape());
    assertThat(floats(found)).containsExactly(floats(expected), Offset.offset(1e-6f));
    return model;
  }

  /** Expects a refusal that leaves the model as it was; returns its message. */
  static AbstractStringAssert<?> refuses(ModelBuilder builder, int target) {
    OnnxModel model = builder.build();
    byte[] before = model.toByteArray();
    OnnxException[] refusal = new OnnxException[1];
    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> LiftOpset.to(target).run(model))
        .satisfies(e -> refusal[0] = e);
    assertThat(model.toByteArray()).isEqualTo(before);
    return assertThat(refusal[0].getMessage());
  }

  static List<String> operators(OnnxModel model) {
    return model.graph().nodes().stream().map(Node::opType).toList();
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[tensor.floats().remaining()];
    tensor.floats().get(values);
    return values;
  }
}
