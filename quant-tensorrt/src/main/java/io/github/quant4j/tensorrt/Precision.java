/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/**
 * What a weakly typed build may compute with. TensorRT times what is allowed and takes the fastest,
 * layer by layer; the graph says nothing about it but where its Q/DQ pairs are.
 */
public enum Precision {
  /** IEEE 754 binary32 in every product and sum. */
  FP32,
  /** FP32, with products of 10 mantissa bits on tensor cores. What TensorRT does by itself. */
  TF32,
  /** TF32, and IEEE 754 binary16 where that is faster. */
  FP16,
  /** TF32, and bfloat16 where that is faster. */
  BF16,
  /**
   * FP16, and INT8 where Q/DQ pairs, a calibrator or ranges give scales. INT8 without FP16 beside
   * it is not offered: every layer that stays float would then run in FP32.
   */
  INT8
}
