/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import io.github.quant4j.onnx.pass.PassException;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.qdq.QdqPlanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MalformedModelTest {
  @Test
  void of_noBytes_isRefused() {
    assertThatThrownBy(() -> OnnxModel.of(new byte[0]))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage("model is empty; expected an ONNX model");
  }

  @Test
  void of_text_isRefused() {
    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> OnnxModel.of(new byte[] {'h', 'e', 'l', 'l', 'o'}))
        .withMessageContaining("is not an ONNX model");
  }

  @Test
  void of_randomBytes_neverFailsOtherwise() {
    for (long seed = 0; seed < 500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] bytes = new byte[1 + random.nextInt(400)];
      random.nextBytes(bytes);

      assertThat(catchThrowable(() -> OnnxModel.of(bytes)))
          .as("seed %d", seed)
          .isInstanceOf(ModelFormatException.class);
    }
  }

  @Test
  void of_fileCutAnywhere_parsesOrIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(Path.of("..", "data", "models", "mobilenet_fp32.onnx"));
    for (int length = 0; length < whole.length; length += 1 + length / 64) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertRefusedOrHarmless(cut, "cut to %d bytes".formatted(length));
    }
  }

  @Test
  void of_fileWithFlippedBytes_parsesOrIsRefused() throws IOException {
    byte[] whole = smallModel().toByteArray();
    for (long seed = 0; seed < 3000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] damaged = whole.clone();
      for (int i = 0; i < 1 + seed % 3; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      assertRefusedOrHarmless(damaged, "seed %d".formatted(seed));
    }
  }

  @Test
  void of_noGraph_isRefused() {
    ModelProto model = ModelBuilder.create().model().build();

    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> OnnxModel.of(model.toByteArray()))
        .withMessage(
            "model is not an ONNX model: it lacks a graph, an IR version or an operator set");
  }

  @Test
  void of_outputNameTakenByAnInput_isRefused() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("x", builder.input("x", 3));

    assertRefused(
        builder, "model: name \"x\" is defined twice, the second time as an output of node \"x\"");
  }

  @Test
  void of_initializerTwice_isRefused() {
    ModelBuilder builder = ModelBuilder.create();
    builder.weight("w", 3);
    builder.weight("w", 3);

    assertRefused(builder, "model: name \"w\" is defined twice, the second time as an initializer");
  }

  @Test
  void of_namelessInput_isRefused() {
    ModelBuilder builder = ModelBuilder.create();
    builder.input("", 3);

    assertRefused(builder, "model: an input has no name");
  }

  @Test
  void of_undefinedInput_isRefused() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("r", "nothing");

    assertRefused(
        builder,
        "model: node \"r\" reads \"nothing\", which no input, initializer or node defines");
  }

  @Test
  void of_undefinedCapture_isRefused() {
    ModelBuilder builder = ModelBuilder.create();
    Bodies.choice(builder, "y", "nothing");

    assertRefused(
        builder,
        "model: the body of node \"y\" reads \"nothing\","
            + " which no input, initializer or node defines");
  }

  @Test
  void of_undefinedOutput_isRefused() {
    ModelBuilder builder = ModelBuilder.create();
    builder.output("nothing");

    assertRefused(
        builder,
        "model: the list of graph outputs reads \"nothing\","
            + " which no input, initializer or node defines");
  }

  @Test
  void of_cycle_namesANodeOnIt() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("after", "b");
    builder.relu("a", "b");
    builder.relu("b", "a");

    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(builder::build)
        .withMessageMatching(
            "model: node \"[ab]\" waits for its own result; the graph has a cycle");
  }

  @Test
  void of_externalData_pointsToReadingByPath() {
    ModelBuilder builder = ModelBuilder.create();
    builder.weight("w", 3);
    builder.graph().getInitializerBuilder(0).setDataLocation(TensorProto.DataLocation.EXTERNAL);

    assertRefused(
        builder,
        "model: initializer \"w\" is stored outside the model file;"
            + " read the model by its path, with OnnxModel.read(path)");
  }

  @Test
  void constant_negativeDimension_isRefused() {
    assertDamaged(
        TensorProto.newBuilder().setDataType(1).addDims(-3),
        "tensor \"w\" has the impossible shape [-3]");
  }

  @Test
  void constant_hugeShape_isRefusedBeforeMemoryIsTaken() {
    assertDamaged(
        TensorProto.newBuilder().setDataType(1).addDims(1L << 40).setRawData(ByteString.EMPTY),
        "tensor \"w\" of shape [1099511627776] is damaged: bytes has 0 bytes remaining");
  }

  @Test
  void constant_overflowingShape_isRefused() {
    assertDamaged(
        TensorProto.newBuilder().setDataType(1).addDims(1L << 40).addDims(1L << 40),
        "tensor \"w\" has the impossible shape [1099511627776, 1099511627776]");
  }

  @Test
  void constant_wrongByteCount_isRefused() {
    assertDamaged(
        TensorProto.newBuilder().setDataType(1).addDims(2).addFloatData(1),
        "tensor \"w\" of shape [2] is damaged: bytes has 4 bytes remaining, expected 8");
  }

  @Test
  void constant_unknownType_isRefused() {
    assertDamaged(
        TensorProto.newBuilder().setDataType(99), "tensor \"w\" has the unknown data type code 99");
  }

  @Test
  void constant_text_isRefused() {
    assertDamaged(
        TensorProto.newBuilder().setDataType(8), "tensor \"w\" holds strings, expected numbers");
  }

  @Test
  void constant_segment_isRefused() {
    assertDamaged(
        TensorProto.newBuilder().setDataType(1).setSegment(TensorProto.Segment.newBuilder()),
        "tensor \"w\" is a segment, expected a whole one");
  }

  private static void assertRefused(ModelBuilder builder, String message) {
    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(builder::build)
        .withMessage(message);
  }

  private static void assertDamaged(TensorProto.Builder tensor, String message) {
    ModelBuilder builder = ModelBuilder.create();
    builder.graph().addInitializer(tensor.setName("w"));
    Value value = builder.build().graph().value("w").orElseThrow();

    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(value::constant)
        .withMessageStartingWith(message);
  }

  /** Parses, normalizes and plans; a damaged model may be sound, but may only fail in our words. */
  private static void assertRefusedOrHarmless(byte[] bytes, String description) {
    Throwable thrown =
        catchThrowable(
            () -> {
              OnnxModel model = OnnxModel.of(bytes);
              model.toByteArray();
              PassPipeline.normalization().run(model);
              QdqPlanner.create().plan(model);
            });
    if (thrown instanceof PassException) {
      assertThat(thrown).as(description).hasCauseInstanceOf(OnnxException.class);
    } else if (thrown != null) {
      assertThat(thrown).as(description).isInstanceOf(OnnxException.class);
    }
  }

  private static ModelProto smallModel() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 16, 8, 8);
    String pooled = builder.maxPool("p", builder.relu("r", builder.conv("c", x, 16, 16, 3)));
    builder.batchNormalization("bn", builder.conv("d", pooled, 16, 16, 1), 16);
    String sum = builder.sum("s", "bn", pooled);
    builder.longs("shape", 0, -1);
    String flat = builder.add("Reshape", "f", List.of(sum, "shape"));
    builder.output(builder.gemm("g", flat, 256, 16));
    return builder.proto();
  }
}
