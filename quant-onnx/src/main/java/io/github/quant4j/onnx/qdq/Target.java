/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/** The runtime a quantized model is made for. */
public enum Target {
  /** NVIDIA TensorRT 10: a DequantizeLinear on INT32 is refused, so biases are float constants. */
  TENSORRT(BiasForm.FLOAT),
  /** ONNX Runtime: integer kernels take biases as INT32 behind a DequantizeLinear. */
  ONNXRUNTIME(BiasForm.INT32);

  private final BiasForm biasForm;

  Target(BiasForm biasForm) {
    this.biasForm = biasForm;
  }

  /**
   * Returns the form biases take by default.
   *
   * @return the form
   */
  public BiasForm biasForm() {
    return biasForm;
  }
}
