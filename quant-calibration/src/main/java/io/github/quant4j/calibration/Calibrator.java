/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.calibration.CalibratorOptions.Parallelism;
import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.Provenance;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs samples through a model and keeps the range of every observed tensor, or its histogram.
 *
 * <p>The model is an observation model: the float graph with the observed tensors as outputs.
 * Inputs of the graph may be observed too. The range of a tensor is that of all its values over all
 * samples (MinMax); with {@link Builder#histograms} ranges by percentile, entropy and least squared
 * error come from the same run, see {@link CalibrationTable#withRanges}. How the samples are cut
 * into batches, in which order they come and what runs in parallel does not enter, but for last
 * bits that the runtime may compute differently for another batch size.
 *
 * <p>All graph optimizations of ONNX Runtime are on. What is an output is never fused away, so the
 * observed tensors are those of the graph as written, to within float32 rounding, at the speed of
 * plain inference; {@link SessionSettings#withOptimization} runs the graph as it is.
 *
 * <p>The runtime writes observed tensors to memory of the calibrator, where they are read in place.
 * While one batch is observed, the model runs on the next. A batch of another shape than all before
 * is run twice where the model does not declare how its outputs follow from its inputs: the first
 * run tells their shapes.
 *
 * <p>Memory: the session, the observed tensors of two batches, one more for every further batch in
 * parallel, and a few bytes per tensor, 80 KB with histograms, however many samples there are. The
 * tensors lie in direct memory, of which Java up to 21 allows as much as heap unless told otherwise
 * ({@code -XX:MaxDirectMemorySize}); {@code close} frees it.
 *
 * <p>Owns native memory until {@link #close()}. Used by one thread at a time, but for {@code
 * close}.
 */
public final class Calibrator implements AutoCloseable {

  private static final int MOST_PARALLEL_BATCHES = 64;

  private final InferenceSession session;
  private final ObservedTensors observed;
  private final CalibratorOptions options;
  private final List<BatchFrame> frames = new ArrayList<>();
  private final RunGuard guard;

  private Calibrator(
      InferenceSession session, ObservedTensors observed, CalibratorOptions options) {
    this.session = session;
    this.observed = observed;
    this.options = options;
    this.guard = new RunGuard(this::release);
    OutputShapes shapes = new OutputShapes(session, observed.outputs());
    for (int frame = 0; frame <= options.parallelism().batches(); frame++) {
      frames.add(new BatchFrame(session, shapes, observed));
    }
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
    return new Builder(ModelFile.of(observationModel), observedTensors);
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
    return new Builder(ModelFile.of(observationModel), observedTensors);
  }

  /**
   * Observes all samples that a source still holds. A calibrator may run several times; every run
   * starts anew, or where a checkpoint ended.
   *
   * @param source batches that fit the inputs of the model; read to its end, neither rewound nor
   *     closed; batches without samples are passed over. It is read ahead of what is observed, by
   *     the thread that calls
   * @return the statistics of the observed tensors; a tensor that had no finite element in any
   *     batch is left out, with a warning in the log
   * @throws IOException if the source cannot be read or the checkpoint not written; batches before
   *     that are observed, and in the checkpoints that were due; a checkpoint that cannot be
   *     deleted at the end is a warning in the log
   * @throws CalibrationException if the source holds no sample, a batch does not fit the inputs or
   *     holds a NaN or infinite value, the model fails, an observed tensor holds a NaN or infinite
   *     value, memory does not suffice, or there is a checkpoint of another run
   * @throws CalibrationCancelledException if the listener says so or the thread is interrupted,
   *     whose state then stays interrupted; the checkpoint, if asked for, holds what was observed
   * @throws IllegalStateException if the calibrator is closed, before or during the run, or runs
   *     already
   */
  public CalibrationTable run(CalibrationSource source) throws IOException {
    return calibrate(source).table();
  }

  /**
   * Does what {@link #run} does and tells how far the ranges had settled.
   *
   * @param source as for {@link #run}
   * @return the statistics of the observed tensors and a report
   * @throws IOException as {@link #run}
   */
  public CalibrationResult calibrate(CalibrationSource source) throws IOException {
    requireNonNull(source, "source");
    guard.begin();
    try (WorkerThreads observers = observers()) {
      CalibrationRun run = new CalibrationRun(observed, options, guard::isClosing);
      BatchLoader loader = new BatchLoader(session, options.parameters(), options.policy());
      loader.skip(source, run.resume());
      int helperCount = options.parallelism().batches() - 1;
      try (InferencePipeline pipeline =
          new InferencePipeline(
              source, loader, frames, WorkerThreads.start("quant4j-inference", helperCount))) {
        return run.run(pipeline, observers, source.sampleCount());
      }
    } finally {
      guard.end();
    }
  }

  /**
   * Releases the model; a second call does nothing. A run in another thread is ended before its
   * next batch, and waited for.
   */
  @Override
  public void close() {
    guard.close();
  }

  private WorkerThreads observers() {
    Parallelism parallelism = options.parallelism();
    return parallelism
        .executor()
        .map(executor -> WorkerThreads.of(executor, parallelism.observers()))
        .orElseGet(() -> WorkerThreads.start("quant4j-observer", parallelism.observers()));
  }

  private void release() {
    frames.forEach(BatchFrame::close);
    session.close();
  }

  /** Builds a calibrator. Not thread-safe. */
  public static final class Builder {

    private final ModelFile model;
    private final Set<String> observedTensors;
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private SessionSettings settings = SessionSettings.defaults();
    private boolean hasHistograms;
    private NonFinitePolicy policy = NonFinitePolicy.ERROR;
    private Convergence convergence = Convergence.defaults();
    private Provenance provenance = Provenance.builder().build();
    private int parallelBatches = 1;
    private @Nullable Executor executor;
    private @Nullable Path checkpoint;
    private int checkpointInterval = 1;
    private CalibrationListener listener = progress -> {};

    private Builder(ModelFile model, Collection<String> observedTensors) {
      this.model = model;
      this.observedTensors = new LinkedHashSet<>(observedTensors);
      if (observedTensors.isEmpty()) {
        throw new IllegalArgumentException("observedTensors is empty, expected at least one name");
      }
    }

    /**
     * Sets the number of threads within an operator; 0, the default, leaves the choice to ONNX
     * Runtime, one per physical core. As many threads observe.
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
     * Sets how ONNX Runtime runs the model, its number of threads included.
     *
     * @param settings the settings; {@link SessionSettings#defaults()} unless set
     * @return this builder
     */
    public Builder settings(SessionSettings settings) {
      this.settings = requireNonNull(settings, "settings");
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
      hasHistograms = areWanted;
      return this;
    }

    /**
     * Sets what to do about NaN and infinite values, in inputs and in observed tensors.
     *
     * @param policy {@link NonFinitePolicy#ERROR}, the default, ends the run at the first one and
     *     names its tensor and sample or batch; {@link NonFinitePolicy#EXCLUDE} leaves them out and
     *     counts them, in the statistics and the report
     * @return this builder
     */
    public Builder nonFinite(NonFinitePolicy policy) {
      this.policy = requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Feeds an input that does not belong to samples, a flag or a factor for example, with the same
     * tensor in every batch.
     *
     * @param input the name of the input; one that is set again takes the new tensor
     * @param value the tensor, read while the calibrator runs
     * @return this builder
     */
    public Builder parameter(String input, Tensor value) {
      parameters.put(requireNonNull(input, "input"), requireNonNull(value, "value"));
      return this;
    }

    /**
     * Sets when ranges count as settled, for the report, and whether a run then ends early.
     *
     * @param convergence the criterion; {@link Convergence#defaults()} unless set, which never ends
     *     a run
     * @return this builder
     */
    public Builder convergence(Convergence convergence) {
      this.convergence = requireNonNull(convergence, "convergence");
      return this;
    }

    /**
     * Sets what the table is to say of where it comes from; nothing by default.
     *
     * @param provenance all but the number of samples, which is counted
     * @return this builder
     */
    public Builder provenance(Provenance provenance) {
      this.provenance = requireNonNull(provenance, "provenance");
      return this;
    }

    /**
     * Sets how many batches run through the model at the same time, which pays where one alone does
     * not keep all cores busy; the weights are loaded once, every batch takes memory for its
     * tensors. The table is the same.
     *
     * @param count the number of batches, from 1, the default, to 64
     * @return this builder
     * @throws IllegalArgumentException if the count is out of range
     */
    public Builder parallelBatches(int count) {
      if (count < 1 || count > MOST_PARALLEL_BATCHES) {
        throw new IllegalArgumentException(
            "count is %s, expected 1 to %s".formatted(count, MOST_PARALLEL_BATCHES));
      }
      parallelBatches = count;
      return this;
    }

    /**
     * Sets where observation finds threads to help the one that calls; by default the calibrator
     * starts some and ends them with the run.
     *
     * @param executor takes short tasks, of which few wait at any time; it may be busy or of one
     *     thread, run them at once or never, and is not shut down; what it throws ends the run, but
     *     for a {@link java.util.concurrent.RejectedExecutionException}
     * @return this builder
     */
    public Builder executor(Executor executor) {
      this.executor = requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Keeps the state in a file, from which a run that did not come to its end is resumed, bit for
     * bit. A run that finds the file moves its source, which must be a fresh one of the same
     * samples in the same order, past what was observed; at its end it deletes the file. The file
     * of a run with another model, parameters, observed tensors, policy, criterion of convergence
     * or choice of histograms is refused; weights that a model keeps in other files are not looked
     * at, nor is how ONNX Runtime runs the model, which may change last bits.
     *
     * @param file the checkpoint, in a folder that exists; replaced in one step
     * @param interval after how many batches it is written, from 1; also when a run is cancelled or
     *     the calibrator closed
     * @return this builder
     * @throws IllegalArgumentException if the interval is below 1
     */
    public Builder checkpoint(Path file, int interval) {
      if (interval < 1) {
        throw new IllegalArgumentException("interval is " + interval + ", expected 1 or more");
      }
      checkpoint = requireNonNull(file, "file");
      checkpointInterval = interval;
      return this;
    }

    /**
     * Sets who is told of every batch and asked whether to go on; nobody by default.
     *
     * @param listener is called after every batch, when the checkpoint that is due is written
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
     * @throws CalibrationException if the model cannot be loaded or read for its digest, or an
     *     observed tensor is neither an output nor an input of it, or not of type float
     */
    public Calibrator build() {
      CalibratorOptions options = options();
      InferenceSession session = model.open(settings);
      try {
        BatchCheck.checkParameters(parameters, session.inputs());
        return new Calibrator(session, ObservedTensors.of(observedTensors, session), options);
      } catch (RuntimeException e) {
        session.close();
        throw e;
      }
    }

    private CalibratorOptions options() {
      int threads = settings.threadCount();
      return new CalibratorOptions(
          hasHistograms,
          policy,
          Collections.unmodifiableMap(new LinkedHashMap<>(parameters)),
          provenance,
          convergence,
          new Parallelism(
              parallelBatches,
              threads > 0 ? threads : Runtime.getRuntime().availableProcessors(),
              Optional.ofNullable(executor)),
          Optional.ofNullable(checkpoint)
              .map(
                  file ->
                      new Checkpoints(
                          file, checkpointInterval, RunDigest.of(model, parameters, policy))),
          listener);
    }
  }
}
