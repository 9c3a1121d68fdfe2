/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs samples through a model and keeps the range of every observed tensor, or its histogram.
 *
 * <p>The model is an observation model: the float graph with the observed tensors as outputs.
 * Inputs of the graph may be observed too. The range of a tensor is that of all its values over all
 * samples (MinMax); with {@link Builder#histograms} ranges by percentile, entropy and least squared
 * error come from the same run, see {@link CalibrationTable#withRanges}. How the samples are cut
 * into batches and in which order they come does not enter, but for last bits that the runtime may
 * compute differently for another batch size.
 *
 * <p>All graph optimizations of ONNX Runtime are on. What is an output is never fused away, so the
 * observed tensors are those of the graph as written, to within float32 rounding, at the speed of
 * plain inference.
 *
 * <p>Memory: the session, the outputs of one batch and a few bytes per tensor, 80 KB with
 * histograms, however many samples there are.
 *
 * <p>Owns native memory until {@link #close()}. Used by one thread at a time.
 */
public final class Calibrator implements AutoCloseable {

  private final InferenceSession session;
  private final Set<String> observedInputs;
  private final Set<String> observedOutputs;
  private final Supplier<TensorCollector> collecting;
  private final CalibrationListener listener;

  private Calibrator(
      InferenceSession session,
      Set<String> observedInputs,
      Set<String> observedOutputs,
      Supplier<TensorCollector> collecting,
      CalibrationListener listener) {
    this.session = session;
    this.observedInputs = observedInputs;
    this.observedOutputs = observedOutputs;
    this.collecting = collecting;
    this.listener = listener;
  }

  /**
   * Returns a builder.
   *
   * @param observationModel the bytes of an ONNX model with all weights inside
   * @param observedTensors the names of float outputs and inputs of the model, at least one; a name
   *     given twice counts once; copied
   * @return a new builder
   * @throws IllegalArgumentException if no tensor is named
   */
  public static Builder builder(byte[] observationModel, Collection<String> observedTensors) {
    requireNonNull(observationModel, "observationModel");
    return new Builder(
        settings -> InferenceSession.open(observationModel, settings), observedTensors);
  }

  /**
   * Returns a builder that loads the model from its file, with the weights that it keeps in other
   * files; the only way for models of 2 GiB or more.
   *
   * @param observationModel the path of an ONNX model; it and the files with its weights must stay
   *     until the calibrator is closed
   * @param observedTensors the names of float outputs and inputs of the model, at least one; a name
   *     given twice counts once; copied
   * @return a new builder
   * @throws IllegalArgumentException if no tensor is named
   */
  public static Builder builder(Path observationModel, Collection<String> observedTensors) {
    requireNonNull(observationModel, "observationModel");
    return new Builder(
        settings -> InferenceSession.open(observationModel, settings), observedTensors);
  }

  /**
   * Observes all samples that a source still holds. A calibrator may run several times; every run
   * starts anew.
   *
   * @param source batches that fit the inputs of the model; read to its end, neither rewound nor
   *     closed; batches without samples are passed over
   * @return the statistics of the observed tensors; a tensor that had no element in any batch is
   *     left out, with a warning in the log
   * @throws IOException if the source cannot be read
   * @throws CalibrationException if the source holds no sample, a batch does not fit the inputs or
   *     holds a NaN or infinite value, the model fails, or an observed tensor holds a NaN or
   *     infinite value
   * @throws IllegalStateException if the calibrator is closed
   */
  public CalibrationTable run(CalibrationSource source) throws IOException {
    return new CalibrationRun(session, observedInputs, observedOutputs, collecting, listener)
        .run(source);
  }

  /** Releases the model; a second call does nothing. */
  @Override
  public void close() {
    session.close();
  }

  /** Builds a calibrator. Not thread-safe. */
  public static final class Builder {

    private final Function<SessionSettings, InferenceSession> opening;
    private final Set<String> observedTensors;
    private SessionSettings settings = SessionSettings.defaults();
    private Supplier<TensorCollector> collecting = TensorCollector::ofExtremes;
    private CalibrationListener listener = progress -> {};

    private Builder(
        Function<SessionSettings, InferenceSession> opening, Collection<String> observedTensors) {
      this.opening = opening;
      this.observedTensors = new LinkedHashSet<>(observedTensors);
      if (observedTensors.isEmpty()) {
        throw new IllegalArgumentException("observedTensors is empty, expected at least one name");
      }
    }

    /**
     * Sets the number of threads within an operator; 0, the default, leaves the choice to ONNX
     * Runtime, one per physical core.
     *
     * @param threadCount the number of threads, from 0
     * @return this builder
     * @throws IllegalArgumentException if the count is negative
     */
    public Builder threadCount(int threadCount) {
      settings = settings.withThreadCount(threadCount);
      return this;
    }

    /**
     * Sets whether a histogram of every observed tensor is kept, from which {@link
     * CalibrationTable#withRanges} chooses ranges by any method afterwards, without running the
     * model again; by default only extremes are. Takes 80 KB per tensor, whatever is observed.
     *
     * @param areWanted whether histograms are kept
     * @return this builder
     */
    public Builder histograms(boolean areWanted) {
      collecting = areWanted ? TensorCollector::ofHistogram : TensorCollector::ofExtremes;
      return this;
    }

    /**
     * Sets who is told of every batch; nobody by default.
     *
     * @param listener is called after every batch
     * @return this builder
     */
    public Builder listener(CalibrationListener listener) {
      this.listener = requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Loads the model.
     *
     * @return a calibrator that the caller closes
     * @throws CalibrationException if the model cannot be loaded, or an observed tensor is neither
     *     an output nor an input of it, or not of type float
     */
    public Calibrator build() {
      InferenceSession session = opening.apply(settings);
      try {
        Map<String, TensorSignature> outputs = byName(session.outputs());
        Map<String, TensorSignature> inputs = byName(session.inputs());
        Set<String> observedOutputs = new LinkedHashSet<>();
        Set<String> observedInputs = new LinkedHashSet<>();
        for (String tensor : observedTensors) {
          (outputs.containsKey(tensor) ? observedOutputs : observedInputs).add(tensor);
          requireFloat(tensor, outputs, inputs);
        }
        return new Calibrator(session, observedInputs, observedOutputs, collecting, listener);
      } catch (CalibrationException e) {
        session.close();
        throw e;
      }
    }

    private static Map<String, TensorSignature> byName(Collection<TensorSignature> signatures) {
      Map<String, TensorSignature> byName = new LinkedHashMap<>();
      signatures.forEach(signature -> byName.put(signature.name(), signature));
      return byName;
    }

    private static void requireFloat(
        String tensor, Map<String, TensorSignature> outputs, Map<String, TensorSignature> inputs) {
      TensorSignature signature = outputs.getOrDefault(tensor, inputs.get(tensor));
      if (signature == null) {
        throw new CalibrationException(
            "observed tensor '%s' is neither an output %s nor an input %s of the observation model"
                .formatted(tensor, outputs.keySet(), inputs.keySet()));
      }
      if (signature.elementType() != ElementType.FLOAT) {
        throw new CalibrationException(
            "observed tensor '%s' is of type %s, expected float"
                .formatted(tensor, signature.elementType()));
      }
    }
  }
}
