/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationListener;
import io.github.quant4j.calibration.CalibrationResult;
import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.core.range.RangeSelector;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.NodeSelector;
import io.github.quant4j.onnx.qdq.PlanProfile;
import io.github.quant4j.onnx.qdq.QdqPlanner;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.onnx.qdq.WeightForm;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Turns a float32 ONNX model and sample inputs into an INT8 model.
 *
 * <ol>
 *   <li>The model is normalised and planned on a copy.
 *   <li>The samples are run through it in ONNX Runtime while the ranges of the tensors the plan
 *       names are observed.
 *   <li>On a few of the samples it is measured how much of their signal the outputs keep in INT8;
 *       where it is less than {@link #accuracyTarget}, the operators that cost most are found and
 *       left float, as long as most of the arithmetic stays INT8.
 *   <li>The mean errors that remain in the outputs of operators are taken off their biases, where
 *       that is measured to help.
 *   <li>QuantizeLinear/DequantizeLinear pairs are inserted: activations per tensor by their minimum
 *       and maximum, weights per channel, everything symmetric int8 with zero point 0.
 * </ol>
 *
 * <p>For mode S of {@link #buildMode} the model is lifted to operator set 19, every float tensor is
 * observed, not only those the plan names, to tell which float16 can hold, and what is not INT8
 * becomes float16 in the end. ONNX Runtime gets such models wrong unless told what to leave out, as
 * {@link Verification} does.
 *
 * <p>Time is that of running the samples once, and where the target is missed that of running four
 * to 32 of them once per operator and a few times more; memory that of the session, one batch and
 * 64 MiB of samples, or one sample if that is larger, whatever the number of samples. A model that
 * keeps its tensors in other files, or is larger than 1.5 GiB, is run from copies in the temporary
 * folder of the system, deleted at the end. The same model, batches and options give the same bytes
 * on one machine; other batches of the same samples may change the last bits of what the runtime
 * sums. Immutable and thread-safe: options return changed copies.
 */
public final class PostTrainingQuantization {
  private final OnnxModel model;
  private final QuantizationSettings settings;

  private PostTrainingQuantization(OnnxModel model, QuantizationSettings settings) {
    this.model = model;
    this.settings = settings;
  }

  /**
   * Returns the quantization of a model for {@link Target#TENSORRT}.
   *
   * @param model a float32 model; not changed
   * @return the quantization, ready to run
   */
  public static PostTrainingQuantization of(OnnxModel model) {
    return new PostTrainingQuantization(
        Objects.requireNonNull(model, "model").copy(), QuantizationSettings.defaults());
  }

  private PostTrainingQuantization with(QuantizationSettings changed) {
    return new PostTrainingQuantization(model, changed);
  }

  private PostTrainingQuantization with(QdqPlanner planner) {
    return with(settings.withPlanner(planner));
  }

  /**
   * Returns a copy for another runtime.
   *
   * @param runtime the runtime; TensorRT when not said
   * @return the copy
   */
  public PostTrainingQuantization target(Target runtime) {
    return with(settings.withTarget(runtime));
  }

  /** Returns the runtime the model is for. */
  Target target() {
    return settings.target();
  }

  /**
   * Returns a copy that favours speed or accuracy.
   *
   * @param profile the profile; {@link PlanProfile#SPEED} when not said
   * @return the copy
   */
  public PostTrainingQuantization profile(PlanProfile profile) {
    return with(settings.planner().withProfile(profile));
  }

  /**
   * Returns a copy that quantizes some nodes only.
   *
   * @param nodes the nodes; no limit when not said
   * @return the copy
   */
  public PostTrainingQuantization include(NodeSelector nodes) {
    return with(settings.planner().withIncluded(nodes));
  }

  /**
   * Returns a copy that leaves some nodes float.
   *
   * @param nodes the nodes; none when not said
   * @return the copy
   */
  public PostTrainingQuantization exclude(NodeSelector nodes) {
    return with(settings.planner().withExcluded(nodes));
  }

  /**
   * Returns a copy that leaves operators float because they are no faster in INT8 on some GPU, as
   * {@link DevicePlacement} finds out.
   *
   * @param reasons why, by the name of the node; none when not said
   * @return the copy
   */
  public PostTrainingQuantization measuredTime(Map<String, String> reasons) {
    return with(settings.planner().withMeasuredTime(reasons));
  }

  /**
   * Returns a copy that makes the model for another build mode of TensorRT. {@link
   * BuildMode#STRONGLY_TYPED} goes with {@link Target#TENSORRT} only.
   *
   * @param mode the mode; {@link BuildMode#WEAKLY_TYPED} when not said
   * @return the copy
   */
  public PostTrainingQuantization buildMode(BuildMode mode) {
    return with(settings.withMode(Objects.requireNonNull(mode, "mode")));
  }

  /**
   * Returns a copy that stores weights in another form.
   *
   * @param form the form; {@link WeightForm#INT8} when not said
   * @return the copy
   */
  public PostTrainingQuantization weightForm(WeightForm form) {
    return with(settings.withWeightForm(Objects.requireNonNull(form, "form")));
  }

  /**
   * Returns a copy that wants the outputs to keep another ratio of signal to quantization noise, as
   * measured on a few of the samples. It is a goal, not a promise: no more is left float than
   * {@link #smallestInt8Share} allows. {@link Verification} says what came of it.
   *
   * @param decibels the ratio at the worst float output; 24 when not said, 0 or less to measure
   *     nothing
   * @return the copy
   * @throws IllegalArgumentException if it is NaN
   */
  public PostTrainingQuantization accuracyTarget(double decibels) {
    if (Double.isNaN(decibels)) {
      throw new IllegalArgumentException("decibels is NaN, expected a number");
    }
    return with(settings.withAccuracyTarget(decibels));
  }

  /**
   * Returns a copy that keeps another part of the arithmetic in INT8 when operators are left float
   * for accuracy.
   *
   * @param share the part of the multiply-adds, in [0, 1]; when not said 0.81, and 0.63 where most
   *     of them are in matrix products; where the plan without measuring gives less, all that it
   *     gives is kept
   * @return the copy
   * @throws IllegalArgumentException if it is not in [0, 1]
   */
  public PostTrainingQuantization smallestInt8Share(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be in [0, 1], was " + share);
    }
    return with(settings.withSmallestInt8Share(share));
  }

  /**
   * Returns a copy that corrects biases or does not: the mean error that quantization leaves in
   * each output channel of an operator is taken off its bias, where a few of the samples show that
   * the worst output misses {@link #accuracyTarget} and gains 0.5 dB or more by it. It costs no
   * time when the model is run.
   *
   * @param isWanted whether to; true when not said
   * @return the copy
   */
  public PostTrainingQuantization biasCorrection(boolean isWanted) {
    return with(settings.withBiasCorrection(isWanted));
  }

  /**
   * Returns a copy that does or does not compute a classifier behind a global average pool, a Gemm,
   * as a convolution, see {@link io.github.quant4j.onnx.pass.TurnClassifiersIntoConvolutions}. With
   * it TensorRT runs a convolutional network in INT8 to its end, without going back to FP16 before
   * the pool: 6 % of the time of a ResNet-20 at batch 128 on an H200, and a few pictures of ten
   * thousand. Has no effect for {@link Target#ONNXRUNTIME}.
   *
   * @param isWanted whether to; false when not said, true in {@link DevicePlacement}
   * @return the copy
   */
  public PostTrainingQuantization classifierAsConvolution(boolean isWanted) {
    return with(settings.withClassifierAsConvolution(isWanted));
  }

  /**
   * Returns a copy that chooses the ranges of activations in another way, from a histogram of each.
   *
   * @param name what to call the method in the provenance of the table, e.g. {@code entropy}
   * @param selector the method; the smallest and largest value when not said
   * @return the copy
   */
  public PostTrainingQuantization ranges(String name, RangeSelector selector) {
    Objects.requireNonNull(selector, "selector");
    return with(
        settings.withRanges(
            new RangeChoice(Objects.requireNonNull(name, "name"), Optional.of(selector))));
  }

  /**
   * Returns a copy with another number of threads for running the samples.
   *
   * @param threads the number of threads, or 0 for the runtime's choice, as when not said
   * @return the copy
   * @throws IllegalArgumentException if it is negative
   */
  public PostTrainingQuantization threadCount(int threads) {
    if (threads < 0) {
      throw new IllegalArgumentException("threads must be at least 0, was " + threads);
    }
    return with(settings.withSession(settings.session().withThreadCount(threads)));
  }

  /**
   * Returns a copy that reports after each batch of samples.
   *
   * @param progressListener called on the thread that runs the quantization
   * @return the copy
   */
  public PostTrainingQuantization listener(CalibrationListener progressListener) {
    return with(
        settings.withListener(Objects.requireNonNull(progressListener, "progressListener")));
  }

  /**
   * Returns a copy that takes ranges from a table instead of observing them: one of {@link
   * #calibrate}, of several of them merged, or of another tool, a calibration cache of TensorRT for
   * example. A table that states the digest of another model is refused; one that states none is
   * taken on trust. Ranges the table has chosen stand, unless {@link #ranges} chooses others, for
   * which it must hold a histogram of every tensor. Operators that need the range of a tensor the
   * table lacks stay float; the plan says which and why.
   *
   * @param given the table
   * @return the copy
   */
  public PostTrainingQuantization table(CalibrationTable given) {
    return with(settings.withTable(new GivenTable(Objects.requireNonNull(given, "given"))));
  }

  /**
   * Returns a copy that calibrates with other options of the calibrator, those that this class has
   * no method for.
   *
   * @param change sets options on the builder it is given and returns it; called last, so it has
   *     its way, once per calibration
   * @return the copy
   */
  public PostTrainingQuantization calibration(UnaryOperator<Calibrator.Builder> change) {
    return with(settings.withCalibration(Objects.requireNonNull(change, "change")));
  }

  /**
   * Observes what {@link #run(CalibrationSource)} would, and quantizes nothing. The table keeps a
   * histogram of every tensor, so that any method can choose ranges from it later, and states the
   * digest of the model, the method, the versions and the number of samples. Quantizing with it and
   * the same samples gives the model that {@code run} gives without it, byte for byte.
   *
   * @param samples sample inputs, read to their end; not closed
   * @return the table, empty where the plan quantizes nothing, and then no sample is read
   * @throws IOException if the source fails to read
   * @throws io.github.quant4j.onnx.OnnxException if the model cannot be quantized, or not for this
   *     target and build mode
   * @throws io.github.quant4j.calibration.CalibrationException if the samples do not fit the model,
   *     there is none, or a value is not finite
   */
  public CalibrationTable calibrate(CalibrationSource samples) throws IOException {
    return observe(samples).table();
  }

  /**
   * Does what {@link #calibrate} does and tells how far the ranges had settled.
   *
   * @param samples as for {@link #calibrate}
   * @return the table and a report
   * @throws IOException as {@link #calibrate}
   */
  public CalibrationResult observe(CalibrationSource samples) throws IOException {
    return QuantizationRun.of(model, settings).calibrate(samples);
  }

  /**
   * Plans, calibrates, measures and rewrites. A model in which the plan quantizes nothing comes
   * back as it is, whatever the build mode, and no sample is read. With a {@link #table} nothing is
   * observed, and no more samples are read than are measured on.
   *
   * @param samples sample inputs, read to their end without a table; not closed
   * @return the INT8 model with the plan and the ranges it was made from
   * @throws IOException if the source fails to read
   * @throws io.github.quant4j.onnx.OnnxException if the model cannot be quantized, or not for this
   *     target and build mode, or the table has none of the ranges that are needed
   * @throws io.github.quant4j.calibration.CalibrationException if the samples do not fit the model,
   *     there is none, a value is not finite, or the table is of another model or lacks histograms
   */
  public QuantizedModel run(CalibrationSource samples) throws IOException {
    return QuantizationRun.of(model, settings).quantize(samples);
  }

  /**
   * Plans and rewrites with the ranges of the {@link #table}. Nothing is measured without samples:
   * {@link #accuracyTarget} and {@link #biasCorrection} have no effect.
   *
   * @return the INT8 model with the plan and the ranges it was made from
   * @throws IllegalStateException if no table was given
   * @throws io.github.quant4j.onnx.OnnxException as for {@link #run(CalibrationSource)}
   * @throws io.github.quant4j.calibration.CalibrationException if the table is of another model, or
   *     lacks histograms
   */
  public QuantizedModel run() {
    GivenTable given =
        settings
            .table()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "no ranges to quantize with; give a table, or run with samples"));
    return QuantizationRun.of(model, settings).quantize(given);
  }
}
