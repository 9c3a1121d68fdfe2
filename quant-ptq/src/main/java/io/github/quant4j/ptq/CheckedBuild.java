/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.NameUnknownDimensions;
import io.github.quant4j.tensorrt.AnswerCheck;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.EnginePlan;
import io.github.quant4j.tensorrt.TensorRt;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/**
 * Builds an engine of a model and hands it out only if it answers as the model does in ONNX
 * Runtime. Immutable; options return changed copies.
 *
 * <pre>{@code
 * EnginePlan plan =
 *     CheckedBuild.of(int8.model())
 *         .options(builder -> builder.precision(Precision.INT8))
 *         .build();
 * plan.write(Path.of("model_int8.plan"));
 * }</pre>
 *
 * <p>Axes of inputs whose size the model does not say are told apart before TensorRT sees them, see
 * {@link NameUnknownDimensions}. A model that keeps its tensors in other files, or is larger than
 * 1.5 GiB, is built from a copy in the temporary folder of the system, deleted at the end.
 */
public final class CheckedBuild {
  private final OnnxModel model;
  private final UnaryOperator<EngineBuilder> options;
  private final Check check;

  private CheckedBuild(OnnxModel model, UnaryOperator<EngineBuilder> options, Check check) {
    this.model = model;
    this.options = options;
    this.check = check;
  }

  /**
   * Returns the build of a model, checked on samples that are made up.
   *
   * @param model a float model or one with Q/DQ pairs; not changed
   * @return the build, with the default options of {@link EngineBuilder}
   */
  public static CheckedBuild of(OnnxModel model) {
    return new CheckedBuild(
        model.copy(),
        UnaryOperator.identity(),
        new Check(true, Optional.empty(), OptionalDouble.empty()));
  }

  /**
   * Sets options of the builder.
   *
   * @param change sets options on the builder it is given and returns it; follows those given
   *     before
   * @return a changed copy
   */
  public CheckedBuild options(UnaryOperator<EngineBuilder> change) {
    requireNonNull(change, "change");
    return new CheckedBuild(model, builder -> change.apply(options.apply(builder)), check);
  }

  /**
   * Checks the engine on samples of the user. Without them, numbers are made up: normal ones for
   * float inputs, of the range of a QuantizeLinear behind the input if there is one, and ones for
   * integers; of the shapes that the profiles are fastest at.
   *
   * @param samples samples, of which the first two batches are taken, cut to the number of samples
   *     that the model or the first profile wants and filled up to it; rewound before that if it
   *     can be; not closed
   * @return a changed copy
   */
  public CheckedBuild samples(CalibrationSource samples) {
    return new CheckedBuild(
        model, options, new Check(true, Optional.of(samples), check.minimumSqnr));
  }

  /**
   * Sets how close every float output has to be to that of ONNX Runtime.
   *
   * @param decibels the least ratio of signal to noise; see {@link AnswerCheck} for what it is when
   *     not said
   * @return a changed copy
   * @throws IllegalArgumentException if it is not finite
   */
  public CheckedBuild minimumSqnr(double decibels) {
    if (!Double.isFinite(decibels)) {
      throw new IllegalArgumentException("decibels is " + decibels + ", expected a finite number");
    }
    return new CheckedBuild(
        model, options, new Check(true, check.samples, OptionalDouble.of(decibels)));
  }

  /**
   * Hands the engine out whatever it answers, for those who check it themselves.
   *
   * @return a changed copy
   */
  public CheckedBuild unchecked() {
    return new CheckedBuild(
        model, options, new Check(false, Optional.empty(), OptionalDouble.empty()));
  }

  /**
   * Builds the engine on the current GPU and checks it.
   *
   * @return the plan; {@link EnginePlan#agreements} says what the check found
   * @throws IOException if the source fails, or a copy in the temporary folder cannot be written
   * @throws io.github.quant4j.tensorrt.EngineMismatchException if the engine answers unlike ONNX
   *     Runtime
   * @throws io.github.quant4j.tensorrt.EngineBuildException if the options do not fit each other or
   *     the model, or TensorRT cannot build it
   * @throws VerificationException if there is no sample, or none can be made up
   * @throws io.github.quant4j.calibration.CalibrationException if ONNX Runtime cannot run the model
   * @throws io.github.quant4j.tensorrt.TensorRtUnavailableException if TensorRT cannot be used here
   */
  public EnginePlan build() throws IOException {
    TensorRt.verifyAvailable();
    OnnxModel named = model.copy();
    new NameUnknownDimensions().run(named);
    try (StagedModel staged = StagedModel.of(named)) {
      EngineBuilder builder = options.apply(staged.engineBuilder());
      if (!check.isWanted) {
        return builder.build();
      }
      CheckRuns runs = new CheckRuns(named, builder.profiles());
      try (OnnxRuntimeReference reference = OnnxRuntimeReference.of(named)) {
        AnswerCheck answers = AnswerCheck.against(reference, runs.of(check.samples));
        if (check.minimumSqnr.isPresent()) {
          answers = answers.minimumSqnr(check.minimumSqnr.getAsDouble());
        }
        return builder.check(answers).build();
      }
    }
  }

  /** How an engine is checked. */
  private record Check(
      boolean isWanted, Optional<CalibrationSource> samples, OptionalDouble minimumSqnr) {}
}
