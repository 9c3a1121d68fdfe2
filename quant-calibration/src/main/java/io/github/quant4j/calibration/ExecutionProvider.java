/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

/** What ONNX Runtime computes on. */
public sealed interface ExecutionProvider {

  /**
   * Returns the processor, which every build of ONNX Runtime can use.
   *
   * @return the provider
   */
  static ExecutionProvider cpu() {
    return new Cpu();
  }

  /**
   * Returns an NVIDIA GPU. It needs {@code com.microsoft.onnxruntime:onnxruntime_gpu} on the class
   * path in place of {@code onnxruntime}, and the CUDA libraries of its version; operators that
   * have no kernel there run on the processor.
   *
   * <p>It computes in float32, not in the TF32 that ONNX Runtime would round products to. Its
   * kernels sum in another order than those of the processor, so ranges differ in their last bits.
   *
   * @param device the number of the GPU, from 0
   * @return the provider
   * @throws IllegalArgumentException if the number is negative
   */
  static ExecutionProvider cuda(int device) {
    return new Cuda(device);
  }

  /** The processor. */
  record Cpu() implements ExecutionProvider {

    @Override
    public String toString() {
      return "cpu";
    }
  }

  /**
   * An NVIDIA GPU.
   *
   * @param device its number
   */
  record Cuda(int device) implements ExecutionProvider {

    /**
     * Checks the number.
     *
     * @param device its number
     */
    public Cuda {
      if (device < 0) {
        throw new IllegalArgumentException("device is " + device + ", expected 0 or more");
      }
    }

    @Override
    public String toString() {
      return "cuda:" + device;
    }
  }
}
