/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

/** Turns a chunk of a tensor into codes and back. Immutable and thread-safe. */
interface CodeKernel {

  /** Turns the first values into codes; the values are spoilt. */
  void quantize(float[] values, int length, ScaleRuns runs, byte[] codes);

  /** Turns codes into the first values. */
  void dequantize(byte[] codes, int length, ScaleRuns runs, float[] values);

  /** Replaces the first values by those that their codes stand for. */
  void fakeQuantize(float[] values, int length, ScaleRuns runs);
}
