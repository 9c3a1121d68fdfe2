/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Refuses options that do not fit together, or not the network, before TensorRT is asked. */
final class BuildRules {

  private BuildRules() {}

  /**
   * Returns when options fit together.
   *
   * @throws EngineBuildException naming the two that do not
   */
  static void verify(BuildOptions options) {
    if (options.isStronglyTyped) {
      refuse(
          options.precision != null || !options.layerPrecisions.isEmpty(),
          "strongly typed build is given a precision, expected none: the types of the graph"
              + " decide; leave the precision or stronglyTyped out");
      refuse(
          options.hasImplicitScales(),
          "strongly typed build is given a calibrator or ranges, expected none: the Q/DQ pairs of"
              + " the graph decide; quantize the model, or leave stronglyTyped out");
    }
    refuse(
        options.calibrator != null && options.ranges != null,
        "build is given a calibrator and ranges, expected one of them");
    refuse(
        options.hasImplicitScales() && options.precision != Precision.INT8,
        "build of precision %s is given a calibrator or ranges, expected precision INT8"
            .formatted(options.precisionOrDefault()));
  }

  /**
   * Returns when a network can be built with options.
   *
   * @throws EngineBuildException naming what does not fit
   */
  static void verify(BuildOptions options, NetworkDescription network) {
    verifyScales(options, network.isQuantized());
    refuse(
        options.isStronglyTyped && network.isQuantized() && !network.hasShortFloats(),
        "graph has Q/DQ pairs in float32 and the build is stronglyTyped, so that all that is not"
            + " quantized would compute in FP32, expected a graph with FP16 or BF16 around the"
            + " pairs; quantize with BuildMode.STRONGLY_TYPED, or build with precision INT8");
    if (options.profiles.isEmpty()) {
      verifyProfile(Map.of(), network.inputs());
    }
    options.profiles.forEach(profile -> verifyProfile(profile.ranges(), network.inputs()));
    AnswerCheck check = options.check;
    if (check != null) {
      ProfileInputs.verify(ProfileInputs.of(options.profiles, network.inputs()), check.samples());
    }
    for (NodePrecision wish : options.layerPrecisions) {
      refuse(
          !network.layers().contains(wish.node()),
          "node '%s' of layerPrecision is not in the network, expected the name of an ONNX node"
              .formatted(wish.node()));
    }
  }

  private static void verifyScales(BuildOptions options, boolean isQuantized) {
    boolean isInt8 = options.precision == Precision.INT8;
    if (isQuantized) {
      refuse(
          options.hasImplicitScales(),
          "graph has Q/DQ pairs and the build a calibrator or ranges, which TensorRT would ignore;"
              + " give the float model, or leave calibrator and ranges out");
      refuse(
          !options.isStronglyTyped && !isInt8,
          "graph has Q/DQ pairs and the build precision %s, expected INT8 or stronglyTyped"
              .formatted(options.precisionOrDefault()));
    } else {
      refuse(
          isInt8 && !options.hasImplicitScales(),
          "graph has no Q/DQ pairs and the build precision INT8, expected a calibrator or ranges;"
              + " quantize the model or give one of them");
    }
  }

  private static void verifyProfile(Map<String, ShapeRange> ranges, List<EngineTensor> inputs) {
    for (EngineTensor input : inputs) {
      ShapeRange range = ranges.get(input.name());
      refuse(
          range == null && input.isDynamic(),
          "input '%s' has dynamic axes %s and no shapes in a profile, expected min, opt and max"
              .formatted(input.name(), input.dimensions()));
      refuse(
          range != null && !fits(input, range),
          "input '%s' has dimensions %s and profile %s, expected its rank and fixed sizes"
              .formatted(input.name(), input.dimensions(), range));
    }
    List<String> names = inputs.stream().map(EngineTensor::name).toList();
    Optional<String> unknown =
        ranges.keySet().stream().filter(name -> !names.contains(name)).findFirst();
    refuse(
        unknown.isPresent(),
        "profile names input '%s', expected one of %s".formatted(unknown.orElse(""), names));
  }

  private static boolean fits(EngineTensor input, ShapeRange range) {
    return Stream.of(range.min(), range.opt(), range.max()).allMatch(shape -> fits(input, shape));
  }

  private static boolean fits(EngineTensor input, Shape shape) {
    List<Long> dimensions = input.dimensions();
    if (dimensions.size() != shape.rank()) {
      return false;
    }
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (dimensions.get(axis) >= 0 && dimensions.get(axis) != shape.dimension(axis)) {
        return false;
      }
    }
    return true;
  }

  private static void refuse(boolean isWrong, String message) {
    if (isWrong) {
      throw EngineBuildException.refusal(message);
    }
  }
}
