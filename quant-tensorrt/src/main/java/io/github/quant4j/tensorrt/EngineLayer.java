/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;

/**
 * A layer of an engine: one kernel, or a place where none is needed. Immutable and thread-safe.
 *
 * @param name the name, which lists the nodes that were fused
 * @param type the kind as TensorRT calls it, such as {@code CaskConvolution}; empty if not told
 * @param inputs what it reads, of a layer of TensorRT's compiler also constants
 * @param outputs what it writes
 * @param details how it is computed
 */
public record EngineLayer(
    String name,
    String type,
    List<LayerTensor> inputs,
    List<LayerTensor> outputs,
    LayerDetails details) {

  private static final String POINTWISE = "PWN(";

  /**
   * Creates a layer.
   *
   * @param name the name
   * @param type the kind
   * @param inputs what it reads; copied
   * @param outputs what it writes; copied
   * @param details how it is computed
   */
  public EngineLayer {
    requireNonNull(name, "name");
    requireNonNull(type, "type");
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    requireNonNull(details, "details");
  }

  /** A layer of which only the name is known. */
  static EngineLayer named(String name) {
    return new EngineLayer(name, "", List.of(), List.of(), LayerDetails.NONE);
  }

  /**
   * Tells whether the layer only changes type or layout of a tensor.
   *
   * @return true for a Reformat layer that takes time
   */
  public boolean isReformat() {
    return type.equals("Reformat") || (type.isEmpty() && name.startsWith("Reformatting CopyNode"));
  }

  /**
   * Tells whether the layer takes no time.
   *
   * @return true for NoOp layers and for calls that compute shapes on the host
   */
  public boolean isNoOp() {
    return type.equals("NoOp") || type.equals("shape_call");
  }

  /**
   * Tells whether the layer computes element by element and nothing else, that is, whether it was
   * not fused into a layer with weights.
   *
   * @return true for a PointWise layer
   */
  public boolean isPointwise() {
    return type.startsWith("PointWise") || name.startsWith(POINTWISE);
  }

  /**
   * Tells whether the layer is a convolution, with whatever is fused into it.
   *
   * @return true for convolutions and transposed ones
   */
  public boolean isConvolution() {
    String kind = type.toLowerCase(Locale.ROOT);
    return kind.endsWith("convolution") || kind.endsWith("deconvolution");
  }

  /** Whether it is a pooling with a kernel of its own. */
  boolean isPooling() {
    return type.contains("Pooling");
  }

  /** Whether it quantizes or dequantizes and does nothing else. */
  boolean isScale() {
    return type.equals("Scale") || (isReformat() && details.origin().equals("QDQ"));
  }
}
