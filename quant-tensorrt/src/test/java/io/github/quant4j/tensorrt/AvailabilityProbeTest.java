/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.tensorrt.Availability.Available;
import io.github.quant4j.tensorrt.Availability.Unavailable;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AvailabilityProbeTest {

  private static final Remedies REMEDIES =
      new Remedies(
          new PresetCoordinates("10.6-1.5.11", "12.6-9.5-1.5.11", "1.5.11"),
          new HostPlatform("linux-x86_64"));

  @Test
  void everythingThere_isAvailableWithVersionsAndDevices() {
    Availability answer = probe(new FakeLibraries(), linux()).run();

    assertThat(answer)
        .isEqualTo(new Available("10.6.0", "12.6", "13.0", List.of(FakeLibraries.DEVICE)));
  }

  @Test
  void everythingThere_asksCheapQuestionsFirstAndTheBuilderLast() {
    FakeLibraries machine = new FakeLibraries();

    probe(machine, linux()).run();

    assertThat(machine.asked())
        .startsWith(
            ProbeSteps.JAVACPP,
            ProbeSteps.CUDART,
            "cuda",
            ProbeSteps.CUBLAS,
            ProbeSteps.NVRTC,
            ProbeSteps.CUDNN,
            ProbeSteps.NVINFER,
            "version",
            ProbeSteps.NVONNXPARSER,
            "builder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "true", "TRUE"})
  void switchedOff_asksNoNativeCode(String value) {
    FakeLibraries machine = new FakeLibraries();
    Properties system = linux();
    system.setProperty("quant4j.tensorrt.disabled", value);

    Unavailable answer = unavailable(probe(machine, system));

    assertThat(answer.missing()).isEqualTo(MissingPiece.SWITCHED_OFF);
    assertThat(answer.reason())
        .isEqualTo("system property 'quant4j.tensorrt.disabled' is '" + value + "'");
    assertThat(machine.asked()).isEmpty();
  }

  @Test
  void switchedOffWithFalse_isAvailable() {
    Properties system = linux();
    system.setProperty("quant4j.tensorrt.disabled", "false");

    assertThat(probe(new FakeLibraries(), system).run().isAvailable()).isTrue();
  }

  @Test
  void unsupportedPlatform_asksNoNativeCode() {
    FakeLibraries machine = new FakeLibraries();
    Properties system = system("Mac OS X", "aarch64");

    Unavailable answer = unavailable(probe(machine, system));

    assertThat(answer.missing()).isEqualTo(MissingPiece.PLATFORM);
    assertThat(answer.reason()).isEqualTo("the presets are not made for 'mac os x-arm64'");
    assertThat(machine.asked()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "org.bytedeco.javacpp.presets.javacpp, PRESETS",
    "org.bytedeco.cuda.global.cudart, CUDA_RUNTIME",
    "org.bytedeco.cuda.global.cublas, CUDA_LIBRARIES",
    "org.bytedeco.cuda.global.nvrtc, CUDA_LIBRARIES",
    "org.bytedeco.cuda.global.cudnn, CUDA_LIBRARIES",
    "org.bytedeco.tensorrt.global.nvinfer, TENSORRT",
    "org.bytedeco.tensorrt.global.nvonnxparser, PARSER"
  })
  void presetFailsWithoutNamingLibrary_blamesPieceOfThePreset(
      String presetClass, MissingPiece piece) {
    UnsatisfiedLinkError failure = new UnsatisfiedLinkError("GLIBC_2.38 not found");
    FakeLibraries machine = new FakeLibraries().failing(presetClass, failure);

    Unavailable answer = unavailable(probe(machine, linux()));

    assertThat(answer.missing()).isEqualTo(piece);
    assertThat(answer.reason()).isEqualTo("'" + presetClass + "' failed: GLIBC_2.38 not found");
    assertThat(answer.cause()).isSameAs(failure);
    assertThat(machine.asked()).endsWith(presetClass);
  }

  @Test
  void driverAbsent_blamesDriverAndSaysHowToGetIt() {
    FakeLibraries machine =
        new FakeLibraries()
            .failing(ProbeSteps.CUDART, LinkErrors.missing("jnicudart", "libcuda.so.1"));

    Unavailable answer = unavailable(probe(machine, linux()));

    assertThat(answer.missing()).isEqualTo(MissingPiece.DRIVER);
    assertThat(answer.remedy()).startsWith("install an NVIDIA driver for CUDA 12.6 or newer");
  }

  @Test
  void cudaReportsNoDriver_blamesDriver() {
    FakeLibraries machine =
        new FakeLibraries()
            .with(new CudaState(12_060, 0, "cudaErrorInsufficientDriver", List.of()));

    Unavailable answer = unavailable(probe(machine, linux()));

    assertThat(answer.missing()).isEqualTo(MissingPiece.DRIVER);
    assertThat(answer.reason()).isEqualTo("CUDA finds no driver: cudaErrorInsufficientDriver");
  }

  @Test
  void driverTooOld_blamesDriverWithBothVersions() {
    FakeLibraries machine =
        new FakeLibraries()
            .with(new CudaState(12_060, 11_040, "cudaErrorInsufficientDriver", List.of()));

    Unavailable answer = unavailable(probe(machine, linux()));

    assertThat(answer.missing()).isEqualTo(MissingPiece.DRIVER);
    assertThat(answer.reason())
        .isEqualTo(
            "the driver serves CUDA 11.4, the CUDA runtime is 12.6: cudaErrorInsufficientDriver");
  }

  @Test
  void noDevice_blamesDevice() {
    FakeLibraries machine =
        new FakeLibraries().with(new CudaState(12_060, 13_000, "cudaErrorNoDevice", List.of()));

    Unavailable answer = unavailable(probe(machine, linux()));

    assertThat(answer.missing()).isEqualTo(MissingPiece.DEVICE);
    assertThat(answer.reason()).isEqualTo("CUDA shows no device: cudaErrorNoDevice");
  }

  @Test
  void olderTensorRtThanThePresets_blamesVersionAndCreatesNoBuilder() {
    FakeLibraries machine = new FakeLibraries().with(new TensorRtVersion(10, 3, 0));

    Unavailable answer = unavailable(probe(machine, linux()));

    assertThat(answer.missing()).isEqualTo(MissingPiece.VERSION);
    assertThat(answer.reason())
        .isEqualTo("TensorRT 10.3.0 was loaded, the presets are made for 10.6.0");
    assertThat(machine.asked()).doesNotContain("builder");
  }

  @Test
  void newerMinorTensorRt_isAvailable() {
    FakeLibraries machine = new FakeLibraries().with(new TensorRtVersion(10, 9, 0));

    assertThat(probe(machine, linux()).run().isAvailable()).isTrue();
  }

  @Test
  void builderResourceAbsent_blamesBuilderResourceInTensorRtsWords() {
    FakeLibraries machine =
        new FakeLibraries()
            .withBuilderErrors(
                "Unable to load library: libnvinfer_builder_resource.so.10.6.0", "giving up");

    Unavailable answer = unavailable(probe(machine, linux()));

    assertThat(answer.missing()).isEqualTo(MissingPiece.BUILDER_RESOURCE);
    assertThat(answer.reason()).contains("giving up");
  }

  @ParameterizedTest
  @CsvSource({
    "CUDA initialization failure with error: 2, DEVICE",
    "CUDA driver version is insufficient for CUDA runtime version, DRIVER"
  })
  void builderFailsForAnotherReason_blamesDeviceOrDriverInItsWords(
      String error, MissingPiece piece) {
    FakeLibraries machine = new FakeLibraries().withBuilderErrors(error);

    Unavailable answer = unavailable(probe(machine, linux()));

    assertThat(answer.missing()).isEqualTo(piece);
    assertThat(answer.reason()).isEqualTo("TensorRT could not create a builder: " + error);
  }

  @Test
  void nativeCallThrowsAfterAllSteps_isAnAnswerToo() {
    FakeLibraries machine = new FakeLibraries().withVersionFailure("driver shutting down");
    ProbeStep passes = new ProbeStep("nothing", MissingPiece.DEVICE, libraries -> Optional.empty());

    Unavailable answer = unavailable(new AvailabilityProbe(machine, List.of(passes), REMEDIES));

    assertThat(answer.missing()).isEqualTo(MissingPiece.TENSORRT);
    assertThat(answer.reason()).isEqualTo("'TensorRT' failed: driver shutting down");
  }

  private static AvailabilityProbe probe(NativeLibraries machine, Properties system) {
    return new AvailabilityProbe(machine, ProbeSteps.inOrder(system), REMEDIES);
  }

  private static Unavailable unavailable(AvailabilityProbe probe) {
    Availability answer = probe.run();
    assertThat(answer).isInstanceOf(Unavailable.class);
    return (Unavailable) answer;
  }

  private static Properties linux() {
    return system("Linux", "amd64");
  }

  private static Properties system(String os, String processor) {
    Properties system = new Properties();
    system.setProperty("os.name", os);
    system.setProperty("os.arch", processor);
    return system;
  }
}
