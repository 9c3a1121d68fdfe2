/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.Availability;
import io.github.quant4j.tensorrt.Engine;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.EngineTimer;
import io.github.quant4j.tensorrt.ShapeProfile;
import io.github.quant4j.tensorrt.TensorRt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Builds engines of a float model in several precisions, measures how fast and how right each is on
 * the current GPU, and says which one to take: the fastest that keeps the accuracy, and FP16 where
 * INT8 gains next to nothing.
 *
 * <pre>{@code
 * EngineComparisonReport report =
 *     EngineComparison.of(floatModel)
 *         .calibration(calibrationSamples)
 *         .test(testSamples)
 *         .labels(labels)
 *         .batchSize(128)
 *         .run();
 * System.out.print(report.toText());
 * }</pre>
 *
 * <p>Every engine is checked against ONNX Runtime as {@link CheckedBuild} does. Then all of them
 * and the float model in ONNX Runtime read the test samples once, side by side. Last they are timed
 * in turn, through CUDA graphs and without copies, with one batch of the same samples. An engine
 * that cannot be built, is refused by the check or fails later is a row that says why.
 *
 * <p>All engines are open at the same time and closed at the end. Memory of the host is that of the
 * plans and one batch, whatever the number of samples. Immutable; options return changed copies.
 * Nothing else should use the GPU meanwhile.
 */
public final class EngineComparison {
  private final ComparisonSettings settings;

  private EngineComparison(ComparisonSettings settings) {
    this.settings = settings;
  }

  /**
   * Returns the comparison of engines of a float model.
   *
   * @param floatModel a float32 model; not changed
   * @return the comparison, of FP32 and FP16, and all kinds of INT8 once there are samples for them
   */
  public static EngineComparison of(OnnxModel floatModel) {
    return new EngineComparison(new ComparisonSettings(floatModel.copy()));
  }

  /**
   * Returns a comparison of what is added alone. Without a float model no accuracy is measured.
   *
   * @return the comparison, empty yet
   */
  public static EngineComparison ofAdded() {
    return new EngineComparison(new ComparisonSettings(null));
  }

  /**
   * Sets the samples that INT8 takes its ranges from.
   *
   * @param samples samples that can be read several times, one build after the other; not closed
   * @return a changed copy
   * @throws IllegalArgumentException if the source cannot be rewound
   */
  public EngineComparison calibration(CalibrationSource samples) {
    requireRewindable("calibration", samples);
    return with(changed -> changed.calibration = samples);
  }

  /**
   * Sets the samples to measure the accuracy on. Those for calibration when not said, and where
   * there are none one batch of made-up numbers, which tells little.
   *
   * @param samples samples that can be read several times; cut to the batch size, the last batch
   *     being filled up with samples that do not count; not closed
   * @return a changed copy
   * @throws IllegalArgumentException if the source cannot be rewound
   */
  public EngineComparison test(CalibrationSource samples) {
    requireRewindable("test", samples);
    return with(changed -> changed.test = samples);
  }

  /**
   * Counts right answers too: the largest score of the first float output, of shape [samples,
   * classes], against a class per test sample.
   *
   * @param classes a class per sample, in the order of the source; copied
   * @return a changed copy
   */
  public EngineComparison labels(int... classes) {
    long[] copy = new long[classes.length];
    for (int i = 0; i < classes.length; i++) {
      copy[i] = classes[i];
    }
    return with(changed -> changed.labels = copy);
  }

  /**
   * Sets which engines to make of the float model.
   *
   * @param kinds the kinds; none to compare what is added with the answers of the float model
   * @return a changed copy
   */
  public EngineComparison candidates(Set<EngineKind> kinds) {
    Set<EngineKind> copy = Set.copyOf(kinds);
    return with(changed -> changed.kinds = copy);
  }

  /**
   * Adds a model that was made elsewhere: one with Q/DQ pairs, built as its pairs and types say, or
   * a float one, built as FP16.
   *
   * @param name what its row is called, unlike the others
   * @param model the model, with the inputs and outputs of the float model if there is one
   * @return a changed copy
   */
  public EngineComparison add(String name, OnnxModel model) {
    return add(new EngineCandidate.OfModel(requireNonNull(name, "name"), model.copy()));
  }

  /**
   * Adds an engine in a file.
   *
   * @param name what its row is called, unlike the others
   * @param plan the file
   * @return a changed copy
   */
  public EngineComparison add(String name, Path plan) {
    return add(
        new EngineCandidate.OfPlan(requireNonNull(name, "name"), requireNonNull(plan, "plan")));
  }

  /**
   * Adds an engine.
   *
   * @param name what its row is called, unlike the others
   * @param engine the engine; not closed
   * @return a changed copy
   */
  public EngineComparison add(String name, Engine engine) {
    return add(
        new EngineCandidate.OfEngine(
            requireNonNull(name, "name"), requireNonNull(engine, "engine")));
  }

  /**
   * Sets how many samples go through at once.
   *
   * @param samples the number; when not said that of the model, the profile or the first plan, and
   *     1 where it is open
   * @return a changed copy
   * @throws IllegalArgumentException if it is below 1
   */
  public EngineComparison batchSize(int samples) {
    if (samples < 1) {
      throw new IllegalArgumentException("samples is " + samples + ", expected 1 or more");
    }
    return with(changed -> changed.batchSize = samples);
  }

  /**
   * Builds engines for a range of shapes. When not said they are built for those of the first batch
   * of test samples alone, which is fastest.
   *
   * @param shapes the shapes; those they are fastest at say what the batch size is
   * @return a changed copy
   */
  public EngineComparison profile(ShapeProfile shapes) {
    requireNonNull(shapes, "shapes");
    return with(changed -> changed.profile = shapes);
  }

  /**
   * Sets how engines are timed.
   *
   * @param timer the timer, {@link EngineTimer#create} when not said; it is told to leave out
   *     copies
   * @return a changed copy
   */
  public EngineComparison timer(EngineTimer timer) {
    requireNonNull(timer, "timer");
    return with(changed -> changed.timer = timer);
  }

  /**
   * Sets what all engines that are built have in common, how often TensorRT times every kernel for
   * example.
   *
   * @param change sets options on the builder it is given and returns it; follows those given
   *     before; the comparison sets precision and profile itself
   * @return a changed copy
   */
  public EngineComparison engine(UnaryOperator<EngineBuilder> change) {
    requireNonNull(change, "change");
    UnaryOperator<EngineBuilder> before = settings.engine;
    return with(changed -> changed.engine = builder -> change.apply(before.apply(builder)));
  }

  /**
   * Sets where all builds keep what they measured.
   *
   * @param file the file; the default one of the GPU when not said
   * @return a changed copy
   */
  public EngineComparison timingCache(Path file) {
    requireNonNull(file, "file");
    return engine(builder -> builder.timingCache(file));
  }

  /**
   * Keeps the engines that are built, each as soon as it has passed its check, and the model of
   * {@link EngineKind#INT8_EXPLICIT}, which is {@code int8-explicit.onnx}.
   *
   * @param folder the folder, made if there is none; files are named after the rows, {@code
   *     int8-explicit.plan} for example, and replaced if they exist
   * @return a changed copy
   */
  public EngineComparison keep(Path folder) {
    requireNonNull(folder, "folder");
    return with(changed -> changed.folder = folder);
  }

  /**
   * Changes how the model of {@link EngineKind#INT8_EXPLICIT} is made.
   *
   * @param change sets options on the quantization it is given and returns it
   * @return a changed copy
   */
  public EngineComparison quantization(UnaryOperator<PostTrainingQuantization> change) {
    requireNonNull(change, "change");
    return with(changed -> changed.quantization = change);
  }

  /**
   * Sets how much top-1 accuracy a recommended engine may lose, where labels are given.
   *
   * @param points percentage points of the float model's accuracy, 0.5 when not said
   * @return a changed copy
   * @throws IllegalArgumentException if it is NaN
   */
  public EngineComparison largestTopOneDrop(double points) {
    requireNumber("points", points);
    return with(changed -> changed.rule = changed.rule.withLargestDrop(points));
  }

  /**
   * Sets how close the outputs of a recommended engine have to be to those of the float model,
   * where no labels are given.
   *
   * @param decibels the least ratio of signal to noise at the worst float output, 20 when not said
   * @return a changed copy
   * @throws IllegalArgumentException if it is NaN
   */
  public EngineComparison minimumSqnr(double decibels) {
    requireNumber("decibels", decibels);
    return with(changed -> changed.rule = changed.rule.withSmallestSqnr(decibels));
  }

  /**
   * Tells of rows as they grow: when an engine is built, when its accuracy is known, when it was
   * timed, and when it fails.
   *
   * @param told called on the thread of the comparison with all that is known of the engine by then
   * @return a changed copy
   */
  public EngineComparison listener(Consumer<EngineRow> told) {
    requireNonNull(told, "told");
    return with(changed -> changed.listener = told);
  }

  /**
   * Builds, measures and times all engines. Takes minutes where the timing cache is cold.
   *
   * @return the figures and the recommendation
   * @throws IOException if the test samples fail to read
   * @throws IllegalArgumentException if there is nothing to compare, or two engines have one name
   * @throws VerificationException if the test samples, labels and batch size do not fit each other
   *     or the model, or two engines would be kept in one file
   * @throws io.github.quant4j.calibration.CalibrationException if ONNX Runtime cannot run the float
   *     model on the test samples
   * @throws io.github.quant4j.tensorrt.TensorRtUnavailableException if TensorRT cannot be used here
   */
  public EngineComparisonReport run() throws IOException {
    TensorRt.verifyAvailable();
    Availability.Available found = (Availability.Available) TensorRt.availability();
    try (ComparisonRun run = new ComparisonRun(settings, new GpuBench(settings))) {
      return run.run(ComparisonEnvironment.of(found));
    }
  }

  private EngineComparison add(EngineCandidate candidate) {
    return with(
        changed -> {
          List<EngineCandidate> added = new ArrayList<>(changed.added);
          added.add(candidate);
          changed.added = List.copyOf(added);
        });
  }

  private EngineComparison with(Consumer<ComparisonSettings> change) {
    return new EngineComparison(settings.with(change));
  }

  private static void requireRewindable(String what, CalibrationSource samples) {
    if (!samples.isRewindable()) {
      throw new IllegalArgumentException(
          "the source of %s samples is read once, expected one that can be rewound"
              .formatted(what));
    }
  }

  private static void requireNumber(String parameter, double value) {
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException(parameter + " is NaN, expected a number");
    }
  }
}
