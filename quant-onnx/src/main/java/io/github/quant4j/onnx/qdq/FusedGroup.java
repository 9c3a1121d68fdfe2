/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import java.util.List;

/**
 * Nodes that are expected to run as one kernel.
 *
 * @param kind what makes them one
 * @param nodes the names of the nodes, in the order in which they compute; at least one
 * @param input what the kernel reads its activations as
 * @param output what it writes
 */
public record FusedGroup(Kind kind, List<String> nodes, Precision input, Precision output) {

  /** What makes nodes one kernel. */
  public enum Kind {
    /** A Conv, ConvTranspose, Gemm or MatMul with what stands in its epilogue. */
    WEIGHTED,
    /** A chain of functions of single elements, {@code PWN} in engine listings. */
    POINTWISE,
    /** An operator by itself. */
    SINGLE
  }

  /** The form in which a kernel reads or writes activations. */
  public enum Precision {
    /** int8 codes. */
    INT8,
    /** float32 or float16, whichever the builder takes. */
    FLOAT
  }

  /**
   * Copies the names.
   *
   * @param kind what makes them one
   * @param nodes the names of the nodes
   * @param input what the kernel reads its activations as
   * @param output what it writes
   * @throws IllegalArgumentException if there is no node
   */
  public FusedGroup {
    nodes = List.copyOf(nodes);
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("nodes are [], expected at least one");
    }
  }

  @Override
  public String toString() {
    return kind + " " + String.join(" + ", nodes) + " (" + input + " -> " + output + ")";
  }
}
