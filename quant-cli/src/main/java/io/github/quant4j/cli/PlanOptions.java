/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.PlanProfile;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.ptq.PostTrainingQuantization;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that shape the plan, and so decide which tensors are observed. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PlanOptions {
  private static final String BUILD_MODE = "--build-mode";
  private static final String CLASSIFIER_AS_CONV = "--classifier-as-conv";

  @Option(
      names = "--target",
      paramLabel = "RUNTIME",
      converter = ChoiceConverter.OfTarget.class,
      description = "What the model is for: tensorrt, the default, or onnxruntime.")
  private Target target = Target.TENSORRT;

  @Option(
      names = "--profile",
      paramLabel = "PROFILE",
      converter = ChoiceConverter.OfProfile.class,
      description =
          "What to favour: speed, the default, or accuracy, which leaves heads and first"
              + " convolutions float.")
  private PlanProfile profile = PlanProfile.SPEED;

  @Option(
      names = BUILD_MODE,
      paramLabel = "MODE",
      converter = ChoiceConverter.OfBuildMode.class,
      description =
          "How TensorRT is to build the engine: weak, the default, from a float32 model, or strong,"
              + " from one whose float remainder is written as float16.")
  private BuildMode buildMode = BuildMode.WEAKLY_TYPED;

  @Option(
      names = CLASSIFIER_AS_CONV,
      description =
          "Compute a Gemm behind a global average pool as a convolution, so that TensorRT runs a"
              + " convolutional network in INT8 to its end: faster, a little less accurate.")
  private boolean classifierAsConvolution;

  @Mixin private NodeChoice nodes;

  Target target() {
    return target;
  }

  PlanProfile profile() {
    return profile;
  }

  BuildMode buildMode() {
    return buildMode;
  }

  /** Makes sure that the options go together. */
  void requireConsistent(CommandSpec command) {
    requireTensorRt(command, BUILD_MODE + " strong", buildMode == BuildMode.STRONGLY_TYPED);
    requireTensorRt(command, CLASSIFIER_AS_CONV, classifierAsConvolution);
  }

  private void requireTensorRt(CommandSpec command, String option, boolean isGiven) {
    if (isGiven && target != Target.TENSORRT) {
      throw new ParameterException(
          command.commandLine(),
          "%s is for TensorRT, found --target %s; remove one"
              .formatted(option, ChoiceConverter.word(target)));
    }
  }

  /** Returns a quantization with these options. */
  PostTrainingQuantization applyTo(PostTrainingQuantization quantization) {
    return quantization
        .target(target)
        .profile(profile)
        .buildMode(buildMode)
        .classifierAsConvolution(classifierAsConvolution)
        .include(nodes.included())
        .exclude(nodes.excluded());
  }
}
