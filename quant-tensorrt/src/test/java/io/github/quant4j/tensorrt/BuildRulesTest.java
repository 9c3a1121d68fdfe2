/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuildRulesTest {

  private static final CalibrationTable RANGES = CalibrationTable.builder().build();
  private static final EngineCalibrator CALIBRATOR = EngineCalibrator.ofTable(RANGES);
  private static final ShapeProfile PROFILE = ShapeProfile.parse(List.of("x:1x3,8x3,16x3"));

  @ParameterizedTest
  @MethodSource
  void verify_optionsThatDoNotFitEachOther_saysWhich(
      Consumer<BuildOptions> change, String expected) {
    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(() -> BuildRules.verify(options(change)))
        .withMessageContaining(expected);
  }

  static Stream<Arguments> verify_optionsThatDoNotFitEachOther_saysWhich() {
    return Stream.of(
        wrong(
            o -> {
              o.isStronglyTyped = true;
              o.precision = Precision.FP32;
            },
            "strongly typed build is given a precision"),
        wrong(
            o -> {
              o.isStronglyTyped = true;
              o.layerPrecisions = List.of(new NodePrecision("n", Precision.FP16));
            },
            "strongly typed build is given a precision"),
        wrong(
            o -> {
              o.isStronglyTyped = true;
              o.calibrator = CALIBRATOR;
            },
            "strongly typed build is given a calibrator or ranges"),
        wrong(
            o -> {
              o.precision = Precision.INT8;
              o.calibrator = CALIBRATOR;
              o.ranges = RANGES;
            },
            "a calibrator and ranges, expected one of them"),
        wrong(
            o -> {
              o.precision = Precision.FP16;
              o.ranges = RANGES;
            },
            "precision FP16 is given a calibrator or ranges, expected precision INT8"),
        wrong(o -> o.calibrator = CALIBRATOR, "precision FP32 is given a calibrator"));
  }

  @ParameterizedTest
  @MethodSource
  void verify_networkThatDoesNotFit_saysWhy(
      boolean isQuantized, Consumer<BuildOptions> change, String expected) {
    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(
            () ->
                BuildRules.verify(
                    options(o -> o.profiles = List.of(PROFILE)).with(change), network(isQuantized)))
        .withMessageContaining(expected);
  }

  static Stream<Arguments> verify_networkThatDoesNotFit_saysWhy() {
    return Stream.of(
        Arguments.of(
            true,
            change(
                o -> {
                  o.precision = Precision.INT8;
                  o.ranges = RANGES;
                }),
            "graph has Q/DQ pairs and the build a calibrator or ranges"),
        Arguments.of(
            true,
            change(o -> o.precision = Precision.FP16),
            "graph has Q/DQ pairs and the build precision FP16, expected INT8 or stronglyTyped"),
        Arguments.of(true, change(o -> {}), "precision FP32, expected INT8"),
        Arguments.of(
            false,
            change(o -> o.precision = Precision.INT8),
            "graph has no Q/DQ pairs and the build precision INT8, expected a calibrator"),
        Arguments.of(
            false,
            change(o -> o.profiles = List.of()),
            "input 'x' has dynamic axes [-1, 3] and no shapes in a profile"),
        Arguments.of(
            false,
            change(
                o -> o.profiles = List.of(PROFILE, ShapeProfile.parse(List.of("x:1x4,8x4,16x4")))),
            "input 'x' has dimensions [-1, 3] and profile [1, 4]..[8, 4]..[16, 4]"),
        Arguments.of(
            false,
            change(o -> o.profiles = List.of(ShapeProfile.parse(List.of("x:1")))),
            "expected its rank and fixed sizes"),
        Arguments.of(
            false,
            change(o -> o.profiles = List.of(ShapeProfile.parse(List.of("x:1x3", "z:1x3")))),
            "profile names input 'z', expected one of [x, fixed]"),
        Arguments.of(
            false,
            change(o -> o.layerPrecisions = List.of(new NodePrecision("gone", Precision.FP16))),
            "node 'gone' of layerPrecision is not in the network"));
  }

  @Test
  void verify_float32PairsStronglyTyped_isRefusedWithTheWayOut() {
    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(
            () ->
                BuildRules.verify(
                    options(o -> o.isStronglyTyped = true),
                    new NetworkDescription(List.of(), true, false, Set.of())))
        .withMessageStartingWith("graph has Q/DQ pairs in float32 and the build is stronglyTyped")
        .withMessageEndingWith("BuildMode.STRONGLY_TYPED, or build with precision INT8");
  }

  @Test
  void verify_samplesThatSomeProfileTakes_areRun() {
    assertAccepted(
        options(
            o -> {
              o.profiles = List.of(PROFILE, ShapeProfile.parse(List.of("x:32x3")));
              o.check = check(1, 16, 32);
            }),
        network(false));
  }

  @Test
  void verify_sampleThatNoProfileTakes_isRefusedBeforeTheBuild() {
    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(
            () ->
                BuildRules.verify(
                    options(
                        o -> {
                          o.profiles = List.of(PROFILE);
                          o.check = check(2, 17);
                        }),
                    network(false)))
        .withMessage(
            "sample 2 of 2 of the check fits no optimization profile: input 'x' is float[17, 3],"
                + " expected float from [1, 3] to [16, 3], the optimization profile of the engine");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void verify_quantizedNetwork_isBuiltWeaklyOrStrongly(boolean isStrong) {
    assertAccepted(
        options(
            o -> {
              o.profiles = List.of(PROFILE);
              o.isStronglyTyped = isStrong;
              o.precision = isStrong ? null : Precision.INT8;
            }),
        network(true));
  }

  @Test
  void verify_floatNetworkWithRangesAndNodeOfTheNetwork_isBuilt() {
    assertAccepted(
        options(
            o -> {
              o.profiles = List.of(PROFILE);
              o.precision = Precision.INT8;
              o.ranges = RANGES;
              o.layerPrecisions = List.of(new NodePrecision("conv", Precision.FP16));
            }),
        network(false));
  }

  @Test
  void verify_fixedInputInTheProfileAsItIs_isBuilt() {
    assertAccepted(
        options(o -> o.profiles = List.of(ShapeProfile.parse(List.of("x:2x3", "fixed:4")))),
        network(false));
  }

  private static void assertAccepted(BuildOptions options, NetworkDescription network) {
    assertThatCode(
            () -> {
              BuildRules.verify(options);
              BuildRules.verify(options, network);
            })
        .doesNotThrowAnyException();
  }

  private static AnswerCheck check(int... batchSizes) {
    return AnswerCheck.against(
        inputs -> inputs,
        IntStream.of(batchSizes)
            .mapToObj(
                size ->
                    Map.of(
                        "x",
                        Tensor.ofFloats(Shape.of(size, 3), new float[size * 3]),
                        "fixed",
                        Tensor.ofFloats(Shape.of(4), new float[4])))
            .toList());
  }

  private static NetworkDescription network(boolean isQuantized) {
    return new NetworkDescription(
        List.of(
            new EngineTensor("x", ElementType.FLOAT, List.of(-1L, 3L)),
            new EngineTensor("fixed", ElementType.FLOAT, List.of(4L))),
        isQuantized,
        true,
        Set.of("conv"));
  }

  private static BuildOptions options(Consumer<BuildOptions> change) {
    return new BuildOptions().with(change);
  }

  private static Arguments wrong(Consumer<BuildOptions> change, String expected) {
    return Arguments.of(change, expected);
  }

  private static Consumer<BuildOptions> change(Consumer<BuildOptions> change) {
    return change;
  }
}
