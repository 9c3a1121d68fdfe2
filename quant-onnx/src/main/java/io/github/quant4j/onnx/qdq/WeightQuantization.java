/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import java.util.List;
import java.util.OptionalInt;

/**
 * One constant stored as int8 codes in [-127, 127] behind a DequantizeLinear.
 *
 * @param tensor the initializer
 * @param axis the axis along which scales vary, empty for one scale
 * @param edges the readers
 */
public record WeightQuantization(String tensor, OptionalInt axis, List<Edge> edges) {
  /**
   * Copies the edges.
   *
   * @param tensor the initializer
   * @param axis the axis along which scales vary, empty for one scale
   * @param edges the readers
   */
  public WeightQuantization {
    edges = List.copyOf(edges);
  }
}
