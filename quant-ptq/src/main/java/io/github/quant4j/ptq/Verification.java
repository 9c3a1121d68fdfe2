/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationListener;
import io.github.quant4j.calibration.CalibrationProgress;
import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.calibration.TensorSignature;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Compares a float model with the INT8 model made from it, on samples that were not used to make
 * it.
 *
 * <p>Both run in ONNX Runtime on the CPU at its default optimization level, so the INT8 model runs
 * on integer kernels. Outputs are compared on every sample; activations inside on the first samples
 * only, in sessions of their own, since exposing a tensor changes what the runtime fuses.
 *
 * <p>A model whose manifest says mode S, see {@link io.github.quant4j.onnx.qdq.BuildMode}, is run
 * with its QuantizeLinear reading float32 and without the optimization WeightBiasQuantization,
 * because ONNX Runtime gets both wrong in float16 (seen in 1.29); what it rounds to float16
 * otherwise stays so.
 *
 * <p>Memory is that of the four sessions and one batch. Models that keep their tensors in other
 * files, or are larger than 1.5 GiB, are run from copies in the temporary folder of the system,
 * deleted at the end. Immutable and thread-safe: options return changed copies.
 */
public final class Verification {
  /** Enough for a stable SQNR of a tensor, few enough not to double the time. */
  private static final long DEFAULT_TENSOR_SAMPLES = 64;

  private final OnnxModel reference;
  private final OnnxModel quantized;
  private final long @Nullable [] labels;
  private final SessionSettings settings;
  private final long tensorSamples;
  private final CalibrationListener listener;

  private Verification(
      OnnxModel reference,
      OnnxModel quantized,
      long @Nullable [] labels,
      SessionSettings settings,
      long tensorSamples,
      CalibrationListener listener) {
    this.reference = reference;
    this.quantized = quantized;
    this.labels = labels;
    this.settings = settings;
    this.tensorSamples = tensorSamples;
    this.listener = listener;
  }

  /**
   * Returns the comparison of two models.
   *
   * @param reference the float model; not changed
   * @param quantized the INT8 model; not changed
   * @return the comparison, ready to run
   */
  public static Verification of(OnnxModel reference, OnnxModel quantized) {
    return new Verification(
        reference.copy(),
        quantized.copy(),
        null,
        SessionSettings.defaults(),
        DEFAULT_TENSOR_SAMPLES,
        progress -> {});
  }

  /**
   * Returns a copy that counts right answers too: the index of the largest element along the last
   * axis of the first float output against a label per sample.
   *
   * @param classes a class per sample, in the order of the source; copied
   * @return the copy
   */
  public Verification labels(long... classes) {
    return new Verification(
        reference, quantized, classes.clone(), settings, tensorSamples, listener);
  }

  /**
   * Returns a copy with another number of threads.
   *
   * @param threads the number of threads, or 0 for the runtime's choice, as when not said
   * @return the copy
   */
  public Verification threadCount(int threads) {
    return new Verification(
        reference, quantized, labels, settings.withThreadCount(threads), tensorSamples, listener);
  }

  /**
   * Returns a copy that compares the activations inside on another number of samples.
   *
   * @param samples the number of samples, 0 for none; 64 when not said; rounded up to whole batches
   *     where the model takes a fixed number of samples at once
   * @return the copy
   */
  public Verification tensorSamples(long samples) {
    if (samples < 0) {
      throw new IllegalArgumentException("samples must be at least 0, was " + samples);
    }
    return new Verification(reference, quantized, labels, settings, samples, listener);
  }

  /**
   * Returns a copy that reports after each batch of samples.
   *
   * @param progressListener called on the thread that runs the comparison
   * @return the copy
   */
  public Verification listener(CalibrationListener progressListener) {
    return new Verification(
        reference, quantized, labels, settings, tensorSamples, progressListener);
  }

  /**
   * Runs both models on every sample.
   *
   * @param samples the samples, read to their end; not closed
   * @return what was found
   * @throws IOException if the source fails to read
   * @throws VerificationException if the models have different inputs or outputs, there is no
   *     sample, or labels and samples differ in number
   * @throws io.github.quant4j.calibration.CalibrationException if the samples do not fit the models
   */
  public VerificationReport run(CalibrationSource samples) throws IOException {
    RuntimeForm int8 = RuntimeForm.of(quantized, settings);
    boolean canCut = BatchAxis.canCut(reference);
    try (StagedModel floatModel = StagedModel.of(reference);
        StagedModel int8Model = StagedModel.of(int8.model());
        InferenceSession floatSession = floatModel.open(settings);
        InferenceSession int8Session = int8Model.open(int8.settings());
        TensorProbe probe = TensorProbe.open(reference, quantized, settings)) {
      requireSameSignature(floatSession, int8Session);
      List<String> outputs = floatOutputs(floatSession);
      checkLabelCount(samples.sampleCount());
      OutputComparison comparison = new OutputComparison(outputs, labels);
      long start = System.nanoTime();
      long batchCount = 0;
      for (Optional<TensorBatch> next = samples.next(); next.isPresent(); next = samples.next()) {
        TensorBatch batch = next.get();
        long wanted = tensorSamples - comparison.sampleCount();
        if (wanted > 0) {
          long count = canCut ? Math.min(wanted, batch.sampleCount()) : batch.sampleCount();
          probe.compare(batch.slice(0, count));
        }
        Map<String, Tensor> expected = floatSession.run(batch);
        comparison.add(batch.sampleCount(), expected, int8Session.run(batch));
        batchCount++;
        listener.batchObserved(
            new CalibrationProgress(
                batchCount,
                comparison.sampleCount(),
                samples.sampleCount(),
                Duration.ofNanos(System.nanoTime() - start)));
      }
      return comparison.report(probe.comparisons());
    }
  }

  private void checkLabelCount(OptionalLong sampleCount) {
    if (labels != null && sampleCount.isPresent() && sampleCount.getAsLong() != labels.length) {
      throw new VerificationException(
          "found "
              + labels.length
              + " labels for "
              + sampleCount.getAsLong()
              + " samples; expected a label per sample");
    }
  }

  private static void requireSameSignature(InferenceSession a, InferenceSession b) {
    if (!names(a.inputs()).equals(names(b.inputs()))
        || !names(a.outputs()).equals(names(b.outputs()))) {
      throw new VerificationException(
          "the models differ in inputs or outputs: float "
              + names(a.inputs())
              + " -> "
              + names(a.outputs())
              + ", quantized "
              + names(b.inputs())
              + " -> "
              + names(b.outputs())
              + "; expected the same names in the same order");
    }
  }

  private static List<String> names(List<TensorSignature> signatures) {
    return signatures.stream().map(TensorSignature::name).toList();
  }

  private static List<String> floatOutputs(InferenceSession session) {
    List<String> names =
        session.outputs().stream()
            .filter(output -> output.elementType() == ElementType.FLOAT)
            .map(TensorSignature::name)
            .toList();
    if (names.isEmpty()) {
      throw new VerificationException("the models have no float output to compare");
    }
    return names;
  }
}
