/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.ModelLayout;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.PassPipeline;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of 3 GB, made, calibrated, quantized and written in a heap of 1 GB. */
@Tag("full")
class LargeModelTest {
  private static final int WIDTH = 8192;
  private static final int LAYERS = 12;
  private static final long WEIGHTS = 4L * LAYERS * WIDTH * WIDTH;

  private final Path folder;

  LargeModelTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void quantize_3GBModelInA1GBHeap_writesAModelThatAnswersRight() throws Exception {
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Quantizer.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean isDone = process.waitFor(20, TimeUnit.MINUTES);
    process.destroyForcibly();

    assertThat(isDone).as(Files.readString(log)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    System.out.println(Files.readString(log));
    assertThat(folder.resolve("float.onnx.data")).hasSize(WEIGHTS);
    assertThat(Files.size(folder.resolve("int8.onnx.data"))).isBetween(WEIGHTS / 4, WEIGHTS / 3);
    double decibels =
        Calibration.signalToNoise(
            OnnxRuntimeOracle.run(folder.resolve("float.onnx"), input()),
            OnnxRuntimeOracle.run(folder.resolve("int8.onnx"), input()));
    assertThat(decibels).isGreaterThan(20);
  }

  private static Tensor input() {
    return ModelBuilder.random(5, 1, 4, WIDTH);
  }

  /** What runs in the small heap; the argument is the folder. */
  static final class Quantizer {
    private Quantizer() {}

    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      Path floatFile = folder.resolve("float.onnx");
      floatModel().write(floatFile, ModelLayout.EXTERNAL_DATA);
      long start = System.nanoTime();
      OnnxModel model = OnnxModel.read(floatFile);
      PassPipeline.normalization().run(model);
      QuantizationPlan plan = Plans.planner().plan(model);
      long calibrating = System.nanoTime();
      CalibrationTable table =
          Calibration.observed(model, plan, input(), folder.resolve("observed.onnx"));
      InsertQuantizeDequantize pass = InsertQuantizeDequantize.of(plan, table, Target.ONNXRUNTIME);
      long inserting = System.nanoTime();
      pass.run(model);
      long writing = System.nanoTime();
      model.write(folder.resolve("int8.onnx"));
      long end = System.nanoTime();
      System.out.printf(
          "read and plan %.1f s, calibrate %.1f s, insert %.1f s, write %.1f s; heap pools at their largest %s MB%n",
          (calibrating - start) / 1e9,
          (inserting - calibrating) / 1e9,
          (writing - inserting) / 1e9,
          (end - writing) / 1e9,
          largestHeapBytes() >> 20);
    }

    private static long largestHeapBytes() {
      return ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .mapToLong(pool -> pool.getPeakUsage().getUsed())
          .sum();
    }

    /** Returns a chain of MatMul and Relu whose weights are made when they are written. */
    private static OnnxModel floatModel() {
      ModelBuilder builder = ModelBuilder.create();
      String x = builder.input("x", "n", WIDTH);
      for (int i = 0; i < LAYERS; i++) {
        builder.constant("w" + i, Tensor.ofFloats(Shape.of(1, 1), 1));
        x = builder.relu("r" + i, builder.add("MatMul", "y" + i, List.of(x, "w" + i)));
      }
      OnnxModel model = builder.output(x).build();
      for (int i = 0; i < LAYERS; i++) {
        int seed = i;
        Value old = model.graph().value("w" + i).orElseThrow();
        Value weight =
            model
                .graph()
                .rewriter()
                .addInitializer(
                    "weight" + i, ElementType.FLOAT, Shape.of(WIDTH, WIDTH), () -> weight(seed));
        model.graph().rewriter().replaceUses(old, weight);
        model.graph().rewriter().removeInitializer(old);
      }
      return model;
    }

    /** Uniform numbers of a variance that keeps the size of activations behind Relu. */
    private static Tensor weight(int seed) {
      ByteBuffer bytes =
          ByteBuffer.allocate(WIDTH * WIDTH * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      float amplitude = (float) Math.sqrt(6.0 / WIDTH);
      for (int i = 0; i < WIDTH * WIDTH; i++) {
        int mixed = (i + seed * WIDTH * WIDTH) * 0x9E3779B9;
        mixed = (mixed ^ mixed >>> 16) * 0x85EBCA6B;
        mixed = (mixed ^ mixed >>> 13) * 0xC2B2AE35;
        bytes.putFloat(amplitude * (mixed >> 8) / (1 << 23));
      }
      return Tensor.of(ElementType.FLOAT, Shape.of(WIDTH, WIDTH), bytes.flip());
    }
  }
}
