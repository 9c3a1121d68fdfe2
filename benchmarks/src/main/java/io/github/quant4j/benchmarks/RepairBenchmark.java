/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.lint.LintReport;
import io.github.quant4j.onnx.lint.Linter;
import io.github.quant4j.onnx.repair.QdqRepair;
import io.github.quant4j.onnx.repair.RepairedModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Repair and lint of a model in memory: residual blocks of 5,000 nodes as PyTorch's eager mode
 * exports them, or a model file, gzipped or not, by its path.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class RepairBenchmark {
  private static final String BLOCKS = "blocks";
  private static final int COUNT = 88;

  /** What is repaired: {@code blocks}, or the path of a model. */
  @Param({BLOCKS, "data/models/resnet20_eager_int8.onnx.gz"})
  public String model = BLOCKS;

  private OnnxModel foreign = OnnxModel.of(EagerModel.of(1));

  /**
   * Reads or makes the model.
   *
   * @throws IOException if the model cannot be read
   */
  @Setup
  public void prepare() throws IOException {
    foreign = OnnxModel.of(model.equals(BLOCKS) ? EagerModel.of(COUNT) : read(Path.of(model)));
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file)) {
      return file.toString().endsWith(".gz")
          ? new GZIPInputStream(bytes).readAllBytes()
          : bytes.readAllBytes();
    }
  }

  /**
   * Repairs the model for TensorRT.
   *
   * @return the repaired model
   */
  @Benchmark
  public RepairedModel repair() {
    return QdqRepair.create().run(foreign);
  }

  /**
   * Lints the model.
   *
   * @return the findings
   */
  @Benchmark
  public LintReport lint() {
    return Linter.create().lint(foreign);
  }
}
