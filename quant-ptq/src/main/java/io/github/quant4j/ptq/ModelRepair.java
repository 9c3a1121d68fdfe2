/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.calibration.CalibrationListener;
import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.ExposeObservationPoints;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.onnx.repair.CodeReading;
import io.github.quant4j.onnx.repair.FloatForm;
import io.github.quant4j.onnx.repair.QdqRepair;
import io.github.quant4j.onnx.repair.RepairReport;
import io.github.quant4j.onnx.repair.RepairedModel;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Repairs a model that another tool quantized, and makes sure that the result computes what it
 * should.
 *
 * <ol>
 *   <li>With samples, ranges are observed on the float form of the model; they decide what the
 *       model leaves open, and tighten scales that the repair would have to widen.
 *   <li>{@link QdqRepair} mends the model.
 *   <li>Model and baseline are run in ONNX Runtime, without graph optimizations, on the first
 *       samples: outputs must be equal where no change of placement may change numbers, and near
 *       each other where one may. Without samples that is done on random numbers in the range of
 *       the quantized input.
 *   <li>With a float model, or the outputs of the framework that made the model, source and
 *       repaired model are compared with those on all samples; the repaired one may not be worse
 *       than the source by more than the resolution it had to give up.
 * </ol>
 *
 * <p>Immutable and thread-safe: options return changed copies.
 */
public final class ModelRepair {
  private final OnnxModel source;
  private final QdqRepair repair;
  private final @Nullable OnnxModel floatModel;
  private final SessionSettings session;
  private final CalibrationListener listener;

  private ModelRepair(
      OnnxModel source,
      QdqRepair repair,
      @Nullable OnnxModel floatModel,
      SessionSettings session,
      CalibrationListener listener) {
    this.source = source;
    this.repair = repair;
    this.floatModel = floatModel;
    this.session = session;
    this.listener = listener;
  }

  /**
   * Returns the repair of a model for TensorRT.
   *
   * @param source the quantized model; not changed
   * @return the repair, ready to run
   */
  public static ModelRepair of(OnnxModel source) {
    return new ModelRepair(
        source.copy(), QdqRepair.create(), null, SessionSettings.defaults(), progress -> {});
  }

  /**
   * Returns a copy for another runtime.
   *
   * @param target the runtime; {@link Target#TENSORRT} when not said
   * @return the copy
   */
  public ModelRepair target(Target target) {
    return new ModelRepair(source, repair.withTarget(target), floatModel, session, listener);
  }

  /**
   * Returns a copy that reads undecided codes in a given way, see {@link
   * QdqRepair#withUndecidedCodes}.
   *
   * @param reading how to read them; when not said, samples decide, and without them the repair is
   *     refused
   * @return the copy
   */
  public ModelRepair undecidedCodes(CodeReading reading) {
    return new ModelRepair(
        source, repair.withUndecidedCodes(reading), floatModel, session, listener);
  }

  /**
   * Returns a copy that compares with the float model too.
   *
   * @param reference the float32 model the source was made from; not changed
   * @return the copy
   */
  public ModelRepair floatModel(OnnxModel reference) {
    return new ModelRepair(source, repair, reference.copy(), session, listener);
  }

  /**
   * Returns a copy with another number of threads for running the samples.
   *
   * @param threads the number of threads, or 0 for the runtime's choice, as when not said
   * @return the copy
   */
  public ModelRepair threadCount(int threads) {
    return new ModelRepair(source, repair, floatModel, session.withThreadCount(threads), listener);
  }

  /**
   * Returns a copy that reports after each batch that ranges are observed on.
   *
   * @param progressListener called on the thread that runs the repair
   * @return the copy
   */
  public ModelRepair listener(CalibrationListener progressListener) {
    return new ModelRepair(
        source, repair, floatModel, session, requireNonNull(progressListener, "progressListener"));
  }

  /**
   * Finds what is wrong with the model and what would become of it, without running it.
   *
   * @return the report of the repair, as far as it needs no samples
   * @throws io.github.quant4j.onnx.repair.RepairException if a pass fails
   */
  public RepairReport examine() {
    return repair.examine(source);
  }

  /**
   * Repairs the model without samples.
   *
   * @return the repaired model
   * @throws IOException if a temporary file cannot be written
   * @throws io.github.quant4j.onnx.repair.RepairException if the model cannot be repaired
   * @throws VerificationException if the repaired model does not compute what it should
   */
  public RepairResult run() throws IOException {
    RepairedModel repaired = repair.run(source);
    List<TensorBatch> batches = SyntheticSamples.of(repaired.model()).orElse(List.of());
    try (CalibrationSource samples = CalibrationSource.of(batches)) {
      return verified(
          repaired,
          new RepairTrial(source, repaired, floatModel, session).run(samples, null, true));
    }
  }

  /**
   * Repairs the model with samples.
   *
   * @param samples inputs of the model, read twice; rewindable, not closed
   * @return the repaired model
   * @throws IOException if the source fails to read
   * @throws IllegalArgumentException if the source is not rewindable
   * @throws io.github.quant4j.onnx.repair.RepairException if the model cannot be repaired
   * @throws VerificationException if the repaired model does not compute what it should
   * @throws io.github.quant4j.calibration.CalibrationException if the samples do not fit the model
   */
  public RepairResult run(CalibrationSource samples) throws IOException {
    return run(samples, Optional.empty());
  }

  /**
   * Repairs the model with samples and with the outputs the framework gave for them.
   *
   * @param samples inputs of the model, read twice; rewindable, not closed
   * @param references for each batch of samples one of outputs, named as those of the model; read
   *     once, not closed
   * @return the repaired model
   * @throws IOException if a source fails to read
   * @throws IllegalArgumentException if the samples are not rewindable
   * @throws io.github.quant4j.onnx.repair.RepairException if the model cannot be repaired
   * @throws VerificationException if the repaired model does not compute what it should, or outputs
   *     and samples differ in number
   * @throws io.github.quant4j.calibration.CalibrationException if the samples do not fit the model
   */
  public RepairResult run(CalibrationSource samples, CalibrationSource references)
      throws IOException {
    return run(samples, Optional.of(references));
  }

  private RepairResult run(CalibrationSource samples, Optional<CalibrationSource> references)
      throws IOException {
    if (!samples.isRewindable()) {
      throw new IllegalArgumentException("samples cannot be read again; expected a rewindable one");
    }
    RepairedModel repaired = repair.withRanges(observe(samples)).run(source);
    samples.rewind();
    return verified(
        repaired,
        new RepairTrial(source, repaired, floatModel, session)
            .run(samples, references.orElse(null), false));
  }

  private CalibrationTable observe(CalibrationSource samples) throws IOException {
    FloatForm form = QdqRepair.floatForm(source);
    OnnxModel observed = form.model();
    SortedSet<String> points = form.observationPoints();
    ExposeObservationPoints.of(points).run(observed);
    try (StagedModel staged = StagedModel.of(observed);
        Calibrator calibrator =
            staged
                .calibrator(points)
                .threadCount(session.threadCount())
                .listener(listener)
                .build()) {
      return calibrator.run(samples);
    }
  }

  private static RepairResult verified(RepairedModel repaired, RepairVerification verification) {
    RepairChecks.of(repaired.report()).check(verification);
    return new RepairResult(repaired.model(), repaired.report(), verification);
  }
}
