/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.benchmarks;

import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.core.qparams.QuantizationSpec;
import io.github.quant4j.core.range.EntropySelector;
import io.github.quant4j.core.range.MseSelector;
import io.github.quant4j.core.range.PercentileSelector;
import io.github.quant4j.core.range.RangeSelector;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A loaded model and a way to take batches through it, as often as wanted. */
sealed interface CostPass extends AutoCloseable {

  /** The methods that choose ranges from histograms, by name. */
  Map<String, RangeSelector> METHODS =
      Map.of(
          "percentile", PercentileSelector.symmetric(99.99),
          "entropy", EntropySelector.create(),
          "mse", MseSelector.of(QuantizationSpec.INT8_ACTIVATION));

  /** Takes all batches through the model. */
  PassResult run(SampleBatches batches) throws IOException;

  @Override
  void close();

  /**
   * What a pass came to.
   *
   * @param tensorCount how many tensors were read after each batch
   * @param byteCount how many bytes they had, over all batches
   * @param choiceSeconds the seconds each method took to choose all ranges, by its name
   */
  record PassResult(int tensorCount, long byteCount, Map<String, Double> choiceSeconds) {}

  /** Inference as a service does it: the outputs are copied to the heap. */
  record Inference(InferenceSession session) implements CostPass {
    @Override
    public PassResult run(SampleBatches batches) {
      long byteCount = 0;
      for (TensorBatch batch : batches.batches()) {
        for (Tensor output : session.run(batch).values()) {
          byteCount += output.bytes().remaining();
        }
      }
      return new PassResult(session.outputs().size(), byteCount, Map.of());
    }

    @Override
    public void close() {
      session.close();
    }
  }

  /** Calibration, and the choice of ranges where there are histograms. */
  record Calibration(Calibrator calibrator, boolean hasHistograms) implements CostPass {
    @Override
    public PassResult run(SampleBatches batches) throws IOException {
      CalibrationTable table = calibrator.run(batches.source());
      long elementCount =
          table.tensors().stream()
              .mapToLong(tensor -> table.statistics(tensor).orElseThrow().count())
              .sum();
      return new PassResult(
          table.tensors().size(),
          Float.BYTES * elementCount,
          hasHistograms ? choose(table) : Map.of());
    }

    private static Map<String, Double> choose(CalibrationTable table) {
      Map<String, Double> seconds = new LinkedHashMap<>();
      new TreeMap<>(METHODS)
          .forEach(
              (name, selector) -> {
                long start = System.nanoTime();
                table.withRanges(name, selector);
                seconds.put(name, (System.nanoTime() - start) / 1e9);
              });
      return seconds;
    }

    @Override
    public void close() {
      calibrator.close();
    }
  }
}
