/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.onnx.Measured;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.ModelLayout;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.pass.PassPipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What reading, copying, quantizing and writing take from the heap, as bytes allocated: no less
 * than the peak, and the same in every run.
 */
class ModelMemoryTest {
  private static final int LAYERS = 4;
  private static final int WIDTH = 1024;
  private static final long WEIGHTS = 4L * LAYERS * WIDTH * WIDTH;

  private final Path file;

  ModelMemoryTest(@TempDir Path folder) {
    this.file = folder.resolve("model.onnx");
  }

  @Test
  void readAndCopy_singleFile_holdOneCopyOfTheWeights() throws IOException {
    write(ModelLayout.SINGLE_FILE);
    read();
    Measured<OnnxModel> read = Measured.of(this::read);
    Measured<OnnxModel> copied = Measured.of(() -> read.result().copy());

    assertThat(read.bytes()).isBetween(WEIGHTS, Files.size(file) + WEIGHTS / 10);
    assertThat(copied.bytes()).isLessThan(WEIGHTS / 20);
  }

  @Test
  void planAndInsert_singleFile_addNoCopyOfTheWeights() throws IOException {
    write(ModelLayout.SINGLE_FILE);
    OnnxModel model = read();
    quantized(model);

    Measured<OnnxModel> quantized = Measured.of(() -> quantized(model));

    assertThat(quantized.bytes()).isLessThan(WEIGHTS / 5);
    assertThat(quantized.result().byteSize()).isBetween(WEIGHTS / 4, WEIGHTS / 3);
  }

  @Test
  void quantizeAndWrite_externalData_takeLessThanTheWeights() throws IOException {
    write(ModelLayout.EXTERNAL_DATA);
    Path result = file.resolveSibling("int8.onnx");
    quantized(read());

    Measured<OnnxModel> written =
        Measured.of(
            () -> {
              OnnxModel model = quantized(read());
              write(model, result);
              return model;
            });

    assertThat(Files.size(result.resolveSibling("int8.onnx.data")))
        .isBetween(WEIGHTS / 4, WEIGHTS / 3);
    assertThat(written.bytes()).isLessThan(WEIGHTS / 2);
  }

  @Test
  void normalize_externalWeightsBehindCastAndBatchNormalization_computesNone() throws IOException {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", WIDTH, 2, 2);
    for (int i = 0; i < LAYERS; i++) {
      builder.constant("w" + i, Float16.saturate(ModelBuilder.random(i, 0.1, WIDTH, WIDTH, 1, 1)));
      AttributeProto toFloat = ModelBuilder.integer("to", ElementType.FLOAT.onnxCode());
      String weight = builder.add("Cast", "c" + i, List.of("w" + i), toFloat);
      x = builder.batchNormalization("n" + i, builder.convOf("y" + i, x, weight), WIDTH);
    }
    builder.output(x).build().write(file, ModelLayout.EXTERNAL_DATA);
    PassPipeline.normalization().run(read());
    OnnxModel model = read();

    Measured<List<String>> normalized = Measured.of(() -> PassPipeline.normalization().run(model));

    assertThat(normalized.result()).contains("FoldConstants", "FoldBatchNormalization");
    assertThat(normalized.bytes()).isLessThan(WEIGHTS / 10);
  }

  private static OnnxModel quantized(OnnxModel model) {
    OnnxModel quantized = model.copy();
    PassPipeline.normalization().run(quantized);
    QuantizationPlan plan = Plans.planner().plan(quantized);
    assertThat(plan.weights()).hasSize(LAYERS);
    InsertQuantizeDequantize.of(plan, Calibration.uniform(plan), Target.TENSORRT).run(quantized);
    return quantized;
  }

  private void write(ModelLayout layout) throws IOException {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", WIDTH);
    for (int i = 0; i < LAYERS; i++) {
      x = builder.add("MatMul", "y" + i, List.of(x, builder.weight("w" + i, WIDTH, WIDTH)));
    }
    builder.output(x).build().write(file, layout);
  }

  private OnnxModel read() {
    try {
      return OnnxModel.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(OnnxModel model, Path file) {
    try {
      model.write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
