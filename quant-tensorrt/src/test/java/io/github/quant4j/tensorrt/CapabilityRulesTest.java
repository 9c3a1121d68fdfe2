/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.table.CalibrationTable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CapabilityRulesTest {

  private static final TensorRtVersion TEN = new TensorRtVersion(10, 6, 0);
  private static final TensorRtVersion ELEVEN = new TensorRtVersion(11, 2, 0);
  private static final GpuDevice TURING = new GpuDevice("Tesla T4", 7, 5, 1L << 34);

  @Test
  void of_versionAndDevice_isWhatTheyHave() {
    assertThat(Capability.of(TEN, FakeLibraries.DEVICE)).containsExactly(Capability.values());
    assertThat(Capability.of(ELEVEN, FakeLibraries.DEVICE))
        .containsExactly(
            Capability.STRONG_TYPING,
            Capability.TF32,
            Capability.BF16,
            Capability.HARDWARE_COMPATIBILITY);
    assertThat(Capability.of(TEN, TURING))
        .containsExactly(Capability.CALIBRATORS, Capability.WEAK_TYPING, Capability.STRONG_TYPING);
  }

  @ParameterizedTest
  @MethodSource
  void verify_optionThatIsMissing_saysWhatToDoInstead(
      CapabilityRules rules, Consumer<BuildOptions> change, Capability missing, String remedy) {
    assertThatExceptionOfType(MissingCapabilityException.class)
        .isThrownBy(() -> rules.verify(new BuildOptions().with(change)))
        .withMessageContaining(remedy)
        .satisfies(e -> assertThat(e.capability()).isEqualTo(missing));
  }

  static Stream<Arguments> verify_optionThatIsMissing_saysWhatToDoInstead() {
    CapabilityRules eleven = new CapabilityRules(ELEVEN, FakeLibraries.DEVICE);
    CapabilityRules turing = new CapabilityRules(TEN, TURING);
    return Stream.of(
        missing(
            eleven,
            o -> {
              o.precision = Precision.INT8;
              o.ranges = CalibrationTable.builder().build();
            },
            Capability.CALIBRATORS,
            "TensorRT 11.2.0 has no calibrators and no ranges of tensors; give the model Q/DQ"
                + " pairs: quantize it"),
        missing(
            eleven,
            o -> o.precision = Precision.INT8,
            Capability.WEAK_TYPING,
            "TensorRT 11.2.0 has no weak typing for precision INT8; convert the model"),
        missing(
            turing,
            o -> o.precision = Precision.TF32,
            Capability.TF32,
            "GPU 'Tesla T4' has compute capability 7.5 and no TF32, expected 8.0 or more; use FP32"),
        missing(turing, o -> o.precision = Precision.BF16, Capability.BF16, "no BF16"),
        missing(
            turing,
            o -> o.isHardwareCompatible = true,
            Capability.HARDWARE_COMPATIBILITY,
            "leave hardwareCompatibility out"));
  }

  @Test
  void verify_stronglyTypedOnNewerTensorRt_isBuilt() {
    assertThatCode(
            () ->
                new CapabilityRules(ELEVEN, TURING)
                    .verify(new BuildOptions().with(o -> o.isStronglyTyped = true)))
        .doesNotThrowAnyException();
  }

  private static Arguments missing(
      CapabilityRules rules, Consumer<BuildOptions> change, Capability missing, String remedy) {
    return Arguments.of(rules, change, missing, remedy);
  }
}
