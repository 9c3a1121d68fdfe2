/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/**
 * How to get a missing piece, in words that fit the presets on the class path.
 *
 * @param presets the versions of the presets
 * @param host the platform of this JVM, which is the classifier of the preset jars
 */
record Remedies(PresetCoordinates presets, HostPlatform host) {

  private static final String LOADER_PATH =
      "the folder must be in LD_LIBRARY_PATH (PATH on Windows) before the JVM starts";

  /** The one line for this piece. */
  String of(MissingPiece missing) {
    return switch (missing) {
      case SWITCHED_OFF -> "start the JVM without -D" + TensorRt.DISABLED_PROPERTY;
      case PLATFORM -> "use Linux or Windows on x86-64, or Linux on 64-bit Arm, with an NVIDIA GPU";
      case PRESETS -> presetsRemedy();
      case DRIVER ->
          "install an NVIDIA driver for CUDA %s or newer; a container gets the driver of its host from"
                  .formatted(presets.cudaRelease())
              + " the NVIDIA container toolkit";
      case CUDA_RUNTIME ->
          "install CUDA %s%s; %s"
              .formatted(presets.cudaRelease(), orBundled("cuda", presets.cuda()), LOADER_PATH);
      case DEVICE ->
          "make a GPU which this TensorRT supports visible to the process; CUDA_VISIBLE_DEVICES"
              + " hides devices, and a container must be started with its GPUs";
      case CUDA_LIBRARIES ->
          "install cuBLAS, NVRTC and cuDNN for CUDA %s%s; %s"
              .formatted(presets.cudaRelease(), orBundled("cuda", presets.cuda()), LOADER_PATH);
      case TENSORRT, PARSER, BUILDER_RESOURCE ->
          "install TensorRT %s with all of its libraries%s; %s"
              .formatted(
                  presets.tensorRtRelease(),
                  orBundled("tensorrt", presets.tensorRt()),
                  LOADER_PATH);
      case VERSION ->
          ("use TensorRT %s or a newer release of the same major version,"
                  + " or presets that were made for the release that is installed")
              .formatted(presets.tensorRtRelease());
    };
  }

  private String presetsRemedy() {
    String remedy =
        "add the runtime dependencies '%s', '%s' and '%s'"
            .formatted(
                coordinates("javacpp", presets.javaCpp(), ""),
                coordinates("cuda", presets.cuda(), ""),
                coordinates("tensorrt", presets.tensorRt(), ""));
    return hasBundle()
        ? remedy
            + "; '%s' and '%s' bring CUDA and TensorRT too, so that only the driver is needed"
                .formatted(
                    coordinates("cuda", presets.cuda(), "-redist"),
                    coordinates("tensorrt", presets.tensorRt(), "-redist"))
            + " (Maven profile 'tensorrt-bundled' of Quant4J adds all five to its tests)"
        : remedy;
  }

  private String orBundled(String artifact, String version) {
    return hasBundle()
        ? " or add the runtime dependency '%s'".formatted(coordinates(artifact, version, "-redist"))
        : "";
  }

  /** Only the presets for TensorRT 10.6 have whole native libraries on Maven Central. */
  private boolean hasBundle() {
    return host.name().equals("linux-x86_64") && presets.tensorRtRelease().equals("10.6");
  }

  private String coordinates(String artifact, String version, String suffix) {
    return "org.bytedeco:" + artifact + ":" + version + ":" + host.name() + suffix;
  }
}
