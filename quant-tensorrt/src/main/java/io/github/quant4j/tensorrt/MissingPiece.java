/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/**
 * The pieces that TensorRT needs, in the order in which {@link TensorRt#availability()} asks for
 * them. The first one that is not there is the answer.
 */
public enum MissingPiece {
  /** Native code was switched off with {@link TensorRt#DISABLED_PROPERTY}. */
  SWITCHED_OFF,
  /** There are no presets for this operating system and processor. */
  PLATFORM,
  /** The JavaCPP classes, or the JNI glue jars that belong to them, are not on the class path. */
  PRESETS,
  /** The NVIDIA driver (libcuda.so.1) is not installed, or too old for the CUDA runtime. */
  DRIVER,
  /** The CUDA runtime (libcudart). */
  CUDA_RUNTIME,
  /** No GPU that TensorRT can use is visible to the process. */
  DEVICE,
  /** cuBLAS, NVRTC or cuDNN, which the presets of TensorRT load before TensorRT itself. */
  CUDA_LIBRARIES,
  /** TensorRT (libnvinfer or libnvinfer_plugin). */
  TENSORRT,
  /** A TensorRT was found for which the presets were not made. */
  VERSION,
  /** The ONNX parser of TensorRT (libnvonnxparser). */
  PARSER,
  /** The kernels that TensorRT builds engines from (libnvinfer_builder_resource). */
  BUILDER_RESOURCE
}
