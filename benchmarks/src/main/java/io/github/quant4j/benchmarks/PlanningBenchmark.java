/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.qdq.InsertQuantizeDequantize;
import io.github.quant4j.onnx.qdq.QdqPlanner;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reading, planning and inserting on a residual network of 5,000 nodes, or on the model that {@code
 * -jvmArgs -Dmodel=PATH} names. Each step includes the ones before it that it needs: planning reads
 * a normalized model, inserting works on a copy of it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PlanningBenchmark {
  private static final int BLOCKS = 1_000;

  private byte[] file = new byte[0];
  private OnnxModel model = OnnxModel.of(ResidualModel.of(1));
  private QuantizationPlan plan = QdqPlanner.create().plan(model);
  private CalibrationTable table = CalibrationTable.builder().build();

  /**
   * Reads or makes the model, and prepares a table that gives every tensor the same range.
   *
   * @throws IOException if the model cannot be read
   */
  @Setup
  public void prepare() throws IOException {
    String path = System.getProperty("model", "");
    file = path.isEmpty() ? ResidualModel.of(BLOCKS) : Files.readAllBytes(Path.of(path));
    model = OnnxModel.of(file);
    PassPipeline.normalization().run(model);
    plan = QdqPlanner.create().plan(model);
    CalibrationTable.Builder builder = CalibrationTable.builder();
    for (String tensor : plan.observationPoints()) {
      builder.put(tensor, new TensorStatistics(-1, 1, 1, 0));
    }
    table = builder.build();
  }

  /**
   * Reads the model and brings it into the form the planner takes.
   *
   * @return the model
   */
  @Benchmark
  public OnnxModel readAndNormalize() {
    OnnxModel read = OnnxModel.of(file);
    PassPipeline.normalization().run(read);
    return read;
  }

  /**
   * Infers the shapes of all tensors.
   *
   * @return the shapes
   */
  @Benchmark
  public ShapeInference inferShapes() {
    return ShapeInference.of(model.graph());
  }

  /**
   * Plans, shapes included.
   *
   * @return the plan
   */
  @Benchmark
  public QuantizationPlan plan() {
    return QdqPlanner.create().plan(model);
  }

  /**
   * Copies the model and inserts the pairs of the plan.
   *
   * @return the INT8 model
   */
  @Benchmark
  public OnnxModel insert() {
    OnnxModel quantized = model.copy();
    InsertQuantizeDequantize.of(plan, table, Target.TENSORRT).run(quantized);
    return quantized;
  }
}
