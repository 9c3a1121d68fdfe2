/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The questions of the probe: cheap ones first, and none before what it needs was found. */
final class ProbeSteps {

  static final String JAVACPP = "org.bytedeco.javacpp.presets.javacpp";
  static final String CUDART = "org.bytedeco.cuda.global.cudart";
  static final String CUBLAS = "org.bytedeco.cuda.global.cublas";
  static final String NVRTC = "org.bytedeco.cuda.global.nvrtc";
  static final String CUDNN = "org.bytedeco.cuda.global.cudnn";
  static final String NVINFER = "org.bytedeco.tensorrt.global.nvinfer";
  static final String NVONNXPARSER = "org.bytedeco.tensorrt.global.nvonnxparser";

  /** What cudaErrorInsufficientDriver is in words. */
  private static final String INSUFFICIENT_DRIVER = "driver version is insufficient";

  private ProbeSteps() {}

  static List<ProbeStep> inOrder(Properties system) {
    return List.of(
        switchedOn(system.getProperty(TensorRt.DISABLED_PROPERTY)),
        platform(HostPlatform.from(system)),
        load(JAVACPP, MissingPiece.PRESETS),
        load(CUDART, MissingPiece.CUDA_RUNTIME),
        devices(),
        load(CUBLAS, MissingPiece.CUDA_LIBRARIES),
        load(NVRTC, MissingPiece.CUDA_LIBRARIES),
        load(CUDNN, MissingPiece.CUDA_LIBRARIES),
        load(NVINFER, MissingPiece.TENSORRT),
        version(),
        load(NVONNXPARSER, MissingPiece.PARSER),
        builder());
  }

  private static ProbeStep switchedOn(@Nullable String disabled) {
    return new ProbeStep(
        TensorRt.DISABLED_PROPERTY,
        MissingPiece.SWITCHED_OFF,
        libraries ->
            disabled == null || !(disabled.isEmpty() || disabled.equalsIgnoreCase("true"))
                ? Optional.empty()
                : missing(
                    MissingPiece.SWITCHED_OFF,
                    "system property '%s' is '%s'"
                        .formatted(TensorRt.DISABLED_PROPERTY, disabled)));
  }

  private static ProbeStep platform(HostPlatform host) {
    return new ProbeStep(
        host.name(),
        MissingPiece.PLATFORM,
        libraries ->
            host.hasPresets()
                ? Optional.empty()
                : missing(
                    MissingPiece.PLATFORM,
                    "the presets are not made for '%s'".formatted(host.name())));
  }

  private static ProbeStep load(String presetClass, MissingPiece otherwise) {
    return new ProbeStep(
        presetClass,
        otherwise,
        libraries -> {
          libraries.load(presetClass);
          return Optional.empty();
        });
  }

  private static ProbeStep devices() {
    return new ProbeStep(
        "cudaGetDeviceCount", MissingPiece.DEVICE, libraries -> devices(libraries.cuda()));
  }

  private static Optional<Finding> devices(CudaState cuda) {
    if (cuda.driverVersion() == 0) {
      return missing(MissingPiece.DRIVER, "CUDA finds no driver: " + cuda.status());
    }
    if (cuda.status().equals(CudaState.INSUFFICIENT_DRIVER)) {
      return missing(
          MissingPiece.DRIVER,
          "the driver serves CUDA %s, the CUDA runtime is %s: %s"
              .formatted(cuda.driver(), cuda.runtime(), cuda.status()));
    }
    if (cuda.devices().isEmpty()) {
      return missing(MissingPiece.DEVICE, "CUDA shows no device: " + cuda.status());
    }
    return Optional.empty();
  }

  private static ProbeStep version() {
    return new ProbeStep(
        "getInferLibVersion",
        MissingPiece.VERSION,
        libraries -> {
          TensorRtVersion found = libraries.tensorRtVersion();
          TensorRtVersion expected = libraries.presetVersion();
          return found.serves(expected)
              ? Optional.empty()
              : missing(
                  MissingPiece.VERSION,
                  "TensorRT %s was loaded, the presets are made for %s".formatted(found, expected));
        });
  }

  private static ProbeStep builder() {
    return new ProbeStep(
        "createInferBuilder", MissingPiece.DEVICE, libraries -> builder(libraries.builderErrors()));
  }

  private static Optional<Finding> builder(List<BuildMessage> errors) {
    if (errors.isEmpty()) {
      return Optional.empty();
    }
    String text = errors.stream().map(BuildMessage::text).collect(Collectors.joining("; "));
    Optional<Finding> named = LinkFailure.inText(text);
    return named.isPresent()
        ? named
        : missing(
            text.contains(INSUFFICIENT_DRIVER) ? MissingPiece.DRIVER : MissingPiece.DEVICE,
            "TensorRT could not create a builder: " + text);
  }

  private static Optional<Finding> missing(MissingPiece piece, String reason) {
    return Optional.of(Finding.of(piece, reason));
  }
}
