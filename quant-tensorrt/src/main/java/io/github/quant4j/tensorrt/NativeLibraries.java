/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;

/** What the probe asks of native code; every method may throw a {@link LinkageError}. */
interface NativeLibraries {

  /**
   * Initializes a class of the presets, which loads the libraries that it needs.
   *
   * @param presetClass a binary class name
   */
  void load(String presetClass);

  /** Needs org.bytedeco.cuda.global.cudart. Creates no CUDA context. */
  CudaState cuda();

  /** The version of the TensorRT that was loaded. Needs org.bytedeco.tensorrt.global.nvinfer. */
  TensorRtVersion tensorRtVersion();

  /** The version of TensorRT for which the presets were made. Needs no native code. */
  TensorRtVersion presetVersion();

  /**
   * Creates a CUDA context and a builder, and deletes the builder. Needs
   * org.bytedeco.cuda.global.cudart and org.bytedeco.tensorrt.global.nvinfer.
   *
   * @return what CUDA or TensorRT said where it could not; empty where it could
   */
  List<BuildMessage> builderErrors();
}
