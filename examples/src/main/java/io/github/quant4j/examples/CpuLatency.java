/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.onnx.OnnxModel;
import java.util.Arrays;

/**
 * The median time of one run of two models on the CPU, measured in turns so that both see the same
 * machine.
 *
 * @param firstMillis the median of the first model, in milliseconds
 * @param secondMillis the median of the second model, in milliseconds
 */
record CpuLatency(double firstMillis, double secondMillis) {
  private static final int WARM_UP_ROUNDS = 10;
  private static final int ROUNDS = 50;

  static CpuLatency measure(OnnxModel first, OnnxModel second, TensorBatch batch, int threadCount) {
    SessionSettings settings = SessionSettings.defaults().withThreadCount(threadCount);
    try (InferenceSession a = InferenceSession.open(first.toByteArray(), settings);
        InferenceSession b = InferenceSession.open(second.toByteArray(), settings)) {
      double[] firstTimes = new double[ROUNDS];
      double[] secondTimes = new double[ROUNDS];
      for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
        double firstTime = time(a, batch);
        double secondTime = time(b, batch);
        if (round >= 0) {
          firstTimes[round] = firstTime;
          secondTimes[round] = secondTime;
        }
      }
      return new CpuLatency(median(firstTimes), median(secondTimes));
    }
  }

  private static double time(InferenceSession session, TensorBatch batch) {
    long start = System.nanoTime();
    session.run(batch);
    return (System.nanoTime() - start) / 1e6;
  }

  private static double median(double[] times) {
    Arrays.sort(times);
    return (times[(times.length - 1) / 2] + times[times.length / 2]) / 2;
  }
}
