/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class InferenceSessionTest {

  @Test
  void inputsAndOutputsAreThoseOfTheModelInItsOrder() {
    try (InferenceSession session = TestModels.open("two_inputs")) {
      assertThat(session.inputs())
          .containsExactly(
              new TensorSignature("z", ElementType.FLOAT, List.of(-1L, 2L)),
              new TensorSignature("a", ElementType.FLOAT, List.of(-1L, 2L)));
      assertThat(session.outputs())
          .extracting(TensorSignature::name)
          .containsExactly("sum", "difference");
    }
  }

  @Test
  void runGivesAllOutputsInTheOrderOfTheModel() {
    try (InferenceSession session = TestModels.open("two_inputs")) {
      Map<String, Tensor> outputs = session.run(twoInputs());

      assertThat(outputs.keySet()).containsExactly("sum", "difference");
      assertThat(outputs).hasToString("{sum=float[1, 2], difference=float[1, 2]}");
      assertThat(TestModels.floats(output(outputs, "sum"))).containsExactly(11f, 22f);
      assertThat(TestModels.floats(output(outputs, "difference"))).containsExactly(9f, 18f);
    }
  }

  @Test
  void runWithParameterFeedsItBesideTheSamples() {
    TensorBatch batch = TestModels.batch("z", Shape.of(2, 2), 1f, 2f, 3f, 4f);
    Tensor one = Tensor.ofFloats(Shape.of(1, 2), 10f, 20f);
    try (InferenceSession session = TestModels.open("two_inputs")) {
      Map<String, Tensor> outputs = session.run(batch, Map.of("a", one));

      assertThat(TestModels.floats(output(outputs, "sum"))).containsExactly(11f, 22f, 13f, 24f);
    }
  }

  @Test
  void runHandsEveryElementTypeThrough() {
    byte[] bytes = new byte[16];
    Arrays.setAll(new int[bytes.length], i -> bytes[i] = (byte) (i % 2));
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (ElementType type :
        List.of(
            ElementType.FLOAT,
            ElementType.DOUBLE,
            ElementType.FLOAT16,
            ElementType.BFLOAT16,
            ElementType.INT8,
            ElementType.UINT8,
            ElementType.INT16,
            ElementType.INT32,
            ElementType.INT64,
            ElementType.BOOL)) {
      int byteCount = 2 * type.bitWidth() / Byte.SIZE;
      inputs.put(
          type.toString(),
          Tensor.of(type, Shape.of(1, 2), ByteBuffer.wrap(bytes).limit(byteCount)));
    }
    try (InferenceSession session = TestModels.open("types")) {
      Map<String, Tensor> outputs = session.run(TensorBatch.of(inputs));

      inputs.forEach(
          (name, input) -> {
            assertThat(output(outputs, name + "_out")).hasToString(input.toString());
            assertThat(output(outputs, name + "_out").bytes()).as(name).isEqualTo(input.bytes());
          });
    }
  }

  @Test
  void runGivesUnsignedOutputs() {
    TensorBatch batch = TensorBatch.of(Map.of("x", Tensor.ofInts(Shape.of(1, 2), 65535, 7)));
    try (InferenceSession session = TestModels.open("unsigned")) {
      Map<String, Tensor> outputs = session.run(batch);

      assertThat(outputs).hasToString("{a=uint16[1, 2], b=uint32[1, 2], c=uint64[1, 2]}");
      assertThat(output(outputs, "a").bytes().getShort(0)).isEqualTo((short) -1);
      assertThat(output(outputs, "b").bytes().getInt(0)).isEqualTo(65535);
      assertThat(output(outputs, "c").bytes().getLong(8)).isEqualTo(7);
    }
  }

  @Test
  void runReadsDirectAndHeapBuffersAlike() {
    ByteBuffer direct = ByteBuffer.allocateDirect(28).order(ByteOrder.LITTLE_ENDIAN);
    direct.putFloat(4, -1f).putFloat(8, 2f).putFloat(12, 3f).position(4).limit(16);
    Tensor tensor = Tensor.of(ElementType.FLOAT, Shape.of(1, 3), direct);
    try (InferenceSession session = TestModels.open("fixed_batch")) {
      Tensor ofDirect = output(session.run(TensorBatch.of(Map.of("x", tensor))), "y");
      Tensor ofHeap = output(session.run(TestModels.batch("x", Shape.of(1, 3), -1f, 2f, 3f)), "y");

      assertThat(TestModels.floats(ofDirect)).containsExactly(0f, 2f, 3f);
      assertThat(ofHeap.bytes()).isEqualTo(ofDirect.bytes());
    }
  }

  @Test
  void runOfSmallerBatchAfterLargerOneSeesOnlyItsOwnSamples() {
    try (InferenceSession session = TestModels.open("log")) {
      session.run(TestModels.batch("x", Shape.of(2, 2), 1f, 1f, 1f, 1f));
      Tensor output = output(session.run(TestModels.batch("x", Shape.of(1, 2), 1f, 1f)), "y");

      assertThat(output).hasToString("float[1, 2]");
      assertThat(TestModels.floats(output)).containsExactly(0f, 0f);
    }
  }

  @Test
  void runTwiceGivesTheSameBits() throws IOException {
    TensorBatch batch = resNetSamples();
    try (InferenceSession session =
        InferenceSession.open(TestModels.resNet20(), SessionSettings.defaults())) {
      assertThat(output(session.run(batch), "logits").bytes())
          .isEqualTo(output(session.run(batch), "logits").bytes());
    }
  }

  /*
   * Expected values made with onnxruntime 1.30.0:
   *   k = np.arange(2*1024)
   *   x = ((k*7919 % 10007) / 10007).astype(np.float32).reshape(2, 1, 32, 32)
   *   ort.InferenceSession('resnet20_fp32.onnx').run(None, {'input': x})[0][0].round(5)
   */
  @Test
  void runOfResNetIsThatOfPython() throws IOException {
    float[] expected = {
      3.81022f, 0.90366f, 0.10873f, -1.34348f, -1.40286f, -0.88154f, -4.64658f, -1.85411f,
      -0.46890f, -2.00590f
    };
    for (OptimizationLevel level : OptimizationLevel.values()) {
      SessionSettings settings = SessionSettings.defaults().withOptimization(level);
      try (InferenceSession session = InferenceSession.open(TestModels.resNet20(), settings)) {
        float[] logits = TestModels.floats(output(session.run(resNetSamples()), "logits"));

        assertThat(logits).hasSize(20);
        assertThat(Arrays.copyOf(logits, 10)).containsExactly(expected, within(1e-4f));
      }
    }
  }

  @Test
  void openByPathRunsTheSameModel() throws IOException {
    Path file = Path.of("..", "data", "models", "resnet20_fp32.onnx");
    SessionSettings settings = SessionSettings.defaults().withThreadCount(1);
    try (InferenceSession byPath = InferenceSession.open(file, settings);
        InferenceSession inMemory = InferenceSession.open(TestModels.resNet20(), settings)) {
      assertThat(byPath.inputs()).isEqualTo(inMemory.inputs());
      assertThat(byPath.outputs()).isEqualTo(inMemory.outputs());
    }
  }

  @Test
  void openByPathOfNoFileNamesIt() {
    Path file = Path.of("missing", "model.onnx");

    assertThatThrownBy(() -> InferenceSession.open(file, SessionSettings.defaults()))
        .isInstanceOf(CalibrationException.class)
        .hasMessageStartingWith(
            "cannot load the model \"" + file + "\", expected a valid ONNX model");
  }

  @Test
  void openOfNoModelIsRefused() {
    assertOpenFails(new byte[0], "cannot load a model of 0 bytes");
    assertOpenFails("not a model".getBytes(StandardCharsets.UTF_8), "cannot load a model of 11");
    byte[] model = TestModels.read("conv");
    assertOpenFails(Arrays.copyOf(model, 200), "cannot load a model of 200 bytes");
  }

  @Test
  void openOfModelWithSequenceIsRefused() {
    assertOpenFails(TestModels.read("sequence"), "output 'parts' of the model is not a tensor");
  }

  @Test
  void runForStringsIsRefused() {
    try (InferenceSession session = TestModels.open("string")) {
      assertThatThrownBy(() -> session.run(TestModels.batch("x", Shape.of(1, 2), 1f, 2f)))
          .isInstanceOf(CalibrationException.class)
          .hasMessage(
              "output 'y' is a tensor of strings, expected numbers; " + "remove it from the model");
    }
  }

  @Test
  void runThatFailsInTheModelNamesTheBatch() {
    try (InferenceSession session = TestModels.open("reshape")) {
      assertThatThrownBy(
              () -> session.run(TestModels.batch("x", Shape.of(3, 2), 1f, 2f, 3f, 4f, 5f, 6f)))
          .isInstanceOf(CalibrationException.class)
          .hasMessageStartingWith("the model failed on {x=float[3, 2]}; ONNX Runtime says: ")
          .hasMessageNotContaining("\n")
          .hasCauseInstanceOf(ai.onnxruntime.OrtException.class);

      Tensor output =
          output(session.run(TestModels.batch("x", Shape.of(2, 2), 1f, 2f, 3f, 4f)), "y");
      assertThat(TestModels.floats(output)).containsExactly(1f, 2f, 3f, 4f);
    }
  }

  @Test
  void runAfterCloseIsRefused() {
    InferenceSession session = TestModels.open("two_inputs");
    session.close();
    session.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> session.run(twoInputs()))
        .withMessage("session is closed");
    assertThat(session.inputs()).hasSize(2);
  }

  private static void assertOpenFails(byte[] model, String message) {
    assertThatThrownBy(() -> InferenceSession.open(model, SessionSettings.defaults()))
        .isInstanceOf(CalibrationException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("\n");
  }

  private static Tensor output(Map<String, Tensor> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name);
  }

  private static TensorBatch twoInputs() {
    return TensorBatch.of(
        Map.of(
            "a", Tensor.ofFloats(Shape.of(1, 2), 1f, 2f),
            "z", Tensor.ofFloats(Shape.of(1, 2), 10f, 20f)));
  }

  private static TensorBatch resNetSamples() {
    float[] values = new float[2048];
    for (int k = 0; k < values.length; k++) {
      values[k] = (float) (k * 7919 % 10007 / 10007.0);
    }
    return TestModels.batch("input", Shape.of(2, 1, 32, 32), values);
  }
}
