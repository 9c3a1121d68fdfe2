/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.util.List;

/**
 * How ONNX Runtime runs a model. Immutable and thread-safe; every {@code with} method returns a
 * changed copy.
 */
public final class SessionSettings {

  private static final SessionSettings DEFAULTS = new SessionSettings(0, true, List.of());

  private final int threadCount;
  private final boolean graphOptimization;
  private final List<String> disabledOptimizers;

  private SessionSettings(
      int threadCount, boolean graphOptimization, List<String> disabledOptimizers) {
    this.threadCount = threadCount;
    this.graphOptimization = graphOptimization;
    this.disabledOptimizers = disabledOptimizers;
  }

  /**
   * Returns the defaults: as many threads as ONNX Runtime chooses, all graph optimizations, which
   * is what a service that loads the model gets.
   *
   * @return the defaults
   */
  public static SessionSettings defaults() {
    return DEFAULTS;
  }

  /**
   * Returns settings with another number of threads within an operator.
   *
   * @param threadCount the number of threads; 0 leaves the choice to ONNX Runtime, one per physical
   *     core
   * @return a changed copy
   * @throws IllegalArgumentException if the count is negative
   */
  public SessionSettings withThreadCount(int threadCount) {
    if (threadCount < 0) {
      throw new IllegalArgumentException("threadCount is " + threadCount + ", expected 0 or more");
    }
    return new SessionSettings(threadCount, graphOptimization, disabledOptimizers);
  }

  /**
   * Returns settings with or without graph optimization.
   *
   * @param graphOptimization true for all optimizations of ONNX Runtime; false runs every node of
   *     the model as it is written, so that a quantized model computes each QuantizeLinear and
   *     DequantizeLinear in float32 instead of fusing them into integer operators
   * @return a changed copy
   */
  public SessionSettings withGraphOptimization(boolean graphOptimization) {
    return new SessionSettings(threadCount, graphOptimization, disabledOptimizers);
  }

  /**
   * Returns settings that leave out some of the graph optimizations, to work around one that gets a
   * model wrong.
   *
   * @param optimizers the names ONNX Runtime gives them, for example {@code
   *     WeightBiasQuantization}; they take the place of those named before, none brings all back;
   *     names the runtime does not know have no effect
   * @return a changed copy
   * @throws IllegalArgumentException if a name is empty or holds a semicolon
   */
  public SessionSettings withDisabledOptimizers(String... optimizers) {
    for (String optimizer : optimizers) {
      if (optimizer.isEmpty() || optimizer.contains(";")) {
        throw new IllegalArgumentException(
            "optimizers has \"%s\", expected the name of one optimizer".formatted(optimizer));
      }
    }
    return new SessionSettings(threadCount, graphOptimization, List.of(optimizers));
  }

  /**
   * Returns the number of threads within an operator.
   *
   * @return the count, 0 for the choice of ONNX Runtime
   */
  public int threadCount() {
    return threadCount;
  }

  /**
   * Returns whether ONNX Runtime optimizes the graph.
   *
   * @return true for all optimizations but {@link #disabledOptimizers()}, false for none
   */
  public boolean hasGraphOptimization() {
    return graphOptimization;
  }

  /**
   * Returns which graph optimizations are left out.
   *
   * @return their names in ONNX Runtime, in the order given
   */
  public List<String> disabledOptimizers() {
    return disabledOptimizers;
  }
}
