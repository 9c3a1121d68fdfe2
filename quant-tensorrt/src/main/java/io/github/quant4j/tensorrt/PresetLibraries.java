/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorrt.global.nvinfer;

/** The native libraries as the JavaCPP presets on the class path load them. */
final class PresetLibraries implements NativeLibraries {

  @Override
  public void load(String presetClass) {
    try {
      Loader.load(Class.forName(presetClass, false, PresetLibraries.class.getClassLoader()));
    } catch (ClassNotFoundException absent) {
      NoClassDefFoundError error = new NoClassDefFoundError(presetClass);
      error.initCause(absent);
      throw error;
    }
  }

  @Override
  public CudaState cuda() {
    return CudaCalls.state();
  }

  @Override
  public TensorRtVersion tensorRtVersion() {
    return TensorRtCalls.version();
  }

  @Override
  public TensorRtVersion presetVersion() {
    // Compile-time constants: the class that holds them is not loaded.
    return new TensorRtVersion(
        nvinfer.NV_TENSORRT_MAJOR, nvinfer.NV_TENSORRT_MINOR, nvinfer.NV_TENSORRT_PATCH);
  }

  @Override
  public List<BuildMessage> builderErrors() {
    return TensorRtCalls.builderErrors();
  }
}
