/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checks what a session says of batches that do not fit its model. */
class BatchCheckTest {

  @Test
  void runWithoutAnInputNamesIt() {
    assertRefused(
        "two_inputs",
        TestModels.batch("z", Shape.of(1, 2), 1f, 2f),
        "input 'a' is missing in the samples; found [z], the model's inputs are [z, a]; "
            + "name the arrays as the inputs");
  }

  @Test
  void runWithAnotherArrayNamesIt() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : List.of("z", "a", "labels")) {
      tensors.put(name, Tensor.ofFloats(Shape.of(1, 2), 1f, 2f));
    }
    assertRefused(
        "two_inputs",
        TensorBatch.of(tensors),
        "array 'labels' of the samples is no input of the model; found [z, a, labels], "
            + "the model's inputs are [z, a]; leave out the others");
  }

  @Test
  void runWithWrongTypeSaysBoth() {
    assertRefused(
        "log",
        TensorBatch.of(Map.of("x", Tensor.ofInts(Shape.of(1, 2), 1, 2))),
        "input 'x' got samples of type int32, expected float; convert the array");
  }

  @Test
  void runWithTypeThatTheRuntimeCannotTakeSaysSo() {
    Tensor tensor = Tensor.of(ElementType.UINT16, Shape.of(1, 2), ByteBuffer.allocate(4));

    assertRefused(
        "uint16_input",
        TensorBatch.of(Map.of("x", tensor)),
        "input 'x' is of type uint16, which ONNX Runtime's Java package cannot take; "
            + "change the input of the model");
  }

  @Test
  void runWithOtherBatchSizeThanFixedNamesTheBatchSizeToUse() {
    assertRefused(
        "fixed_batch",
        TestModels.batch("x", Shape.of(2, 3), 1, 2, 3, 4, 5, 6),
        "input 'x' takes float[1, 3], got samples of shape [2, 3]: 2 samples at once, expected 1; "
            + "use a batch size of 1");
  }

  @Test
  void runWithOtherDimensionNamesTheAxis() {
    assertRefused(
        "log",
        TestModels.batch("x", Shape.of(1, 3), 1, 2, 3),
        "input 'x' takes float[-1, 2], got samples of shape [1, 3]: 3 on axis 1, expected 2");
  }

  @Test
  void runWithOtherRankSaysBoth() {
    assertRefused(
        "log",
        TestModels.batch("x", Shape.of(2), 1, 2),
        "input 'x' takes float[-1, 2], got samples of shape [2]: expected 2 axes");
  }

  @Test
  void runWithoutSampleIsRefused() {
    assertRefused(
        "log",
        TestModels.batch("x", Shape.of(0, 2)),
        "batch {x=float[0, 2]} has no sample, expected at least one");
  }

  @Test
  void runWithParameterOfNoInputNamesTheInputs() {
    assertParameterRefused(
        "b",
        Tensor.ofFloats(Shape.of(1, 2), 1f, 2f),
        "parameter 'b' is no input of the model; the model's inputs are [z, a]");
  }

  @Test
  void runWithParameterOfOtherTypeRankOrDimensionSaysBoth() {
    for (Tensor tensor :
        List.of(
            Tensor.ofInts(Shape.of(1, 2), 1, 2),
            Tensor.ofFloats(Shape.of(2), 1f, 2f),
            Tensor.ofFloats(Shape.of(1, 3), 1f, 2f, 3f))) {
      assertParameterRefused(
          "a", tensor, "input 'a' takes float[-1, 2], got parameter %s".formatted(tensor));
    }
  }

  @Test
  void runWithSamplesForAParameterIsRefused() {
    try (InferenceSession session = TestModels.open("log")) {
      TensorBatch batch = TestModels.batch("x", Shape.of(1, 2), 1f, 2f);
      Tensor parameter = Tensor.ofFloats(Shape.of(1, 2), 1f, 2f);
      assertThatThrownBy(() -> session.run(batch, Map.of("x", parameter)))
          .isInstanceOf(CalibrationException.class)
          .hasMessage(
              "input 'x' is fed by a parameter and by the samples, expected one of them; "
                  + "leave it out of the samples or set no parameter");
    }
  }

  private static void assertParameterRefused(String name, Tensor parameter, String message) {
    try (InferenceSession session = TestModels.open("two_inputs")) {
      TensorBatch batch = TestModels.batch("z", Shape.of(1, 2), 1f, 2f);
      assertThatThrownBy(() -> session.run(batch, Map.of(name, parameter)))
          .isInstanceOf(CalibrationException.class)
          .hasMessage(message);
    }
  }

  private static void assertRefused(String model, TensorBatch batch, String message) {
    try (InferenceSession session = TestModels.open(model)) {
      assertThatThrownBy(() -> session.run(batch))
          .isInstanceOf(CalibrationException.class)
          .hasMessage(message);
      assertThat(message).doesNotContain("\n");
    }
  }
}
