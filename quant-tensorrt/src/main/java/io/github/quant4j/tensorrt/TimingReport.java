/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * How long an engine takes, in the figures and with the warnings of trtexec of TensorRT 10.
 * Immutable and thread-safe.
 *
 * <p>Source: trtexec, sample code of TensorRT 10: its reporting of latency, enqueue, H2D, GPU
 * compute and D2H time.
 */
public final class TimingReport {

  private static final double ENQUEUE_SHARE = 0.8;
  private static final double STABLE_PERCENT = 2.5;

  private final TimingSeries series;
  private final long batchSize;

  private TimingReport(TimingSeries series, long batchSize) {
    this.series = series;
    this.batchSize = batchSize;
  }

  static TimingReport of(TimingSeries series, long batchSize) {
    return new TimingReport(series, batchSize);
  }

  /**
   * Returns the time from the first copy to the GPU to the last one back: the sum of the three
   * times below.
   *
   * @return the statistics
   */
  public TimingStatistics latency() {
    return statistics(TimingSample::latency);
  }

  /**
   * Returns the time that the engine takes on the GPU.
   *
   * @return the statistics
   */
  public TimingStatistics compute() {
    return statistics(TimingSample::compute);
  }

  /**
   * Returns the time of the copies to the GPU, about 0 when none are made.
   *
   * @return the statistics
   */
  public TimingStatistics hostToDevice() {
    return statistics(TimingSample::hostToDevice);
  }

  /**
   * Returns the time of the copies from the GPU, about 0 when none are made.
   *
   * @return the statistics
   */
  public TimingStatistics deviceToHost() {
    return statistics(TimingSample::deviceToHost);
  }

  /**
   * Returns the time that the host takes to queue the work of the engine.
   *
   * @return the statistics
   */
  public TimingStatistics enqueue() {
    return statistics(TimingSample::enqueue);
  }

  /**
   * Returns how many runs were timed.
   *
   * @return the count
   */
  public int runCount() {
    return series.samples().size();
  }

  /**
   * Returns how long all runs took by the clock of the host.
   *
   * @return the time
   */
  public Duration wallTime() {
    return Duration.ofNanos(series.wallNanos());
  }

  /**
   * Returns how many samples went through in a second.
   *
   * <p>Formula: {@code batch size * runs / wall time}.
   *
   * @return samples per second
   */
  public double throughput() {
    return batchSize * (double) runCount() / (series.wallNanos() / 1e9);
  }

  /**
   * Returns what makes the figures doubtful: a median enqueue time above 0.8 times that of the GPU,
   * a median copy time not below that of the GPU, a coefficient of variation on the GPU above 2.5
   * %.
   *
   * @return one line each, with what to do; empty when all is well
   */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    double gpu = compute().median();
    double host = enqueue().median();
    if (host > ENQUEUE_SHARE * gpu) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "enqueue takes %.4f ms, more than 0.8 of the %.4f ms on the GPU: the host may be the"
                  + " limit; use a CUDA graph or a larger batch",
              host,
              gpu));
    }
    warnOfCopies("to", hostToDevice().median(), gpu, warnings);
    warnOfCopies("from", deviceToHost().median(), gpu, warnings);
    double scatter = compute().coefficientOfVariation();
    if (scatter > STABLE_PERCENT) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "times on the GPU vary by %.2f %%, more than %.1f %%: leave the GPU to this process and"
                  + " lock its clock, or measure for longer",
              scatter,
              STABLE_PERCENT));
    }
    return List.copyOf(warnings);
  }

  /**
   * Returns the median times and the throughput.
   *
   * @return one line
   */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "GPU %.4f ms, latency %.4f ms, %.0f samples/s, %d runs",
        compute().median(),
        latency().median(),
        throughput(),
        runCount());
  }

  private TimingStatistics statistics(ToDoubleFunction<TimingSample> time) {
    return TimingStatistics.of(series.samples().stream().mapToDouble(time).toArray());
  }

  private static void warnOfCopies(
      String direction, double copies, double gpu, List<String> warnings) {
    if (copies >= gpu) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "copies %s the GPU take %.4f ms, not less than the %.4f ms of the engine: throughput is"
                  + " bound by them",
              direction,
              copies,
              gpu));
    }
  }
}
