/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExposeObservationPointsTest {
  @Test
  void run_tensors_becomeOutputsBehindThoseOfTheModelSorted() {
    OnnxModel model = chain();

    boolean modified = ExposeObservationPoints.of(List.of("c", "b", "x", "d")).run(model);

    assertThat(modified).isTrue();
    assertThat(model.graph().outputs()).extracting(Value::name).containsExactly("d", "b", "c");
    assertThat(OnnxRuntimeOracle.run(model, Map.of("x", ModelBuilder.random(1, 1, 2, 3))))
        .containsOnlyKeys("d", "b", "c");
  }

  @Test
  void run_secondTime_changesNothing() {
    OnnxModel model = chain();
    ExposeObservationPoints pass = ExposeObservationPoints.of(List.of("b"));
    pass.run(model);

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void run_inputsAndOutputsOnly_changesNothing() {
    assertThat(ExposeObservationPoints.of(List.of("x", "d")).run(chain())).isFalse();
  }

  @Test
  void run_unknownTensor_isNamed() {
    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> ExposeObservationPoints.of(List.of("nothing")).run(chain()))
        .withMessage("the model has no tensor \"nothing\" to observe");
  }

  private static OnnxModel chain() {
    ModelBuilder builder = ModelBuilder.create();
    String b = builder.relu("b", builder.input("x", "n", 3));
    String c = builder.add("Neg", "c", List.of(b));
    return builder.output(builder.relu("d", c)).build();
  }
}
