/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * How ONNX Runtime runs a model. Immutable and thread-safe; every {@code with} method returns a
 * changed copy.
 */
public final class SessionSettings {

  private static final SessionSettings DEFAULTS =
      new SessionSettings(0, OptimizationLevel.ALL, List.of(), ExecutionProvider.cpu());

  private final int threadCount;
  private final OptimizationLevel optimization;
  private final List<String> disabledOptimizers;
  private final ExecutionProvider provider;

  private SessionSettings(
      int threadCount,
      OptimizationLevel optimization,
      List<String> disabledOptimizers,
      ExecutionProvider provider) {
    this.threadCount = threadCount;
    this.optimization = optimization;
    this.disabledOptimizers = disabledOptimizers;
    this.provider = provider;
  }

  /**
   * Returns the defaults: the processor, as many threads as ONNX Runtime chooses, all graph
   * optimizations, which is what a service that loads the model gets.
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
    return new SessionSettings(threadCount, optimization, disabledOptimizers, provider);
  }

  /**
   * Returns settings with another level of graph optimization.
   *
   * @param optimization {@link OptimizationLevel#NONE} runs every node of the model as it is
   *     written, so that a quantized model computes each QuantizeLinear and DequantizeLinear in
   *     float32 instead of fusing them into integer operators
   * @return a changed copy
   */
  public SessionSettings withOptimization(OptimizationLevel optimization) {
    return new SessionSettings(
        threadCount, requireNonNull(optimization, "optimization"), disabledOptimizers, provider);
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
    return new SessionSettings(threadCount, optimization, List.of(optimizers), provider);
  }

  /**
   * Returns settings that compute on something else.
   *
   * @param provider the processor or a GPU
   * @return a changed copy
   */
  public SessionSettings withProvider(ExecutionProvider provider) {
    return new SessionSettings(
        threadCount, optimization, disabledOptimizers, requireNonNull(provider, "provider"));
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
   * Returns how far ONNX Runtime optimizes the graph.
   *
   * @return the level, of which {@link #disabledOptimizers()} are left out
   */
  public OptimizationLevel optimization() {
    return optimization;
  }

  /**
   * Returns which graph optimizations are left out.
   *
   * @return their names in ONNX Runtime, in the order given
   */
  public List<String> disabledOptimizers() {
    return disabledOptimizers;
  }

  /**
   * Returns what ONNX Runtime computes on.
   *
   * @return the provider
   */
  public ExecutionProvider provider() {
    return provider;
  }
}
