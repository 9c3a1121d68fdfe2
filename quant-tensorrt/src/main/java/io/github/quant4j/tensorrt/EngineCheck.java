/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/**
 * What can keep an INT8 engine of a convolutional network from being fast, one question each. Names
 * E1 to E9 are those of the reports.
 */
public enum EngineCheck {
  /** Sums and activations of residual blocks are fused into convolutions. */
  FUSED_RESIDUALS("E1"),
  /** Reformat layers stand at inputs, outputs and poolings only, one at each. */
  FEW_REFORMATS("E2"),
  /** Convolutions read INT8, and write it where it is quantized next. */
  INT8_CONVOLUTIONS("E3"),
  /** Convolutions that add a second input read both as INT8. */
  INT8_SKIPS("E4"),
  /** Layers that only quantize or dequantize stand at inputs and outputs only. */
  SCALES_AT_BORDERS("E5"),
  /** There are as few layers as expected, those that take no time left out. */
  LAYER_COUNT("E6"),
  /** No layer writes float32 but for the outputs of the engine. */
  NO_FLOAT32("E7"),
  /** Nodes that were expected to be fused are in one layer. */
  PREDICTED_GROUPS("E8"),
  /** TensorRT did not warn of missing scales, zero points or fallbacks. */
  CLEAN_LOG("E9");

  private final String label;

  EngineCheck(String label) {
    this.label = label;
  }

  /**
   * Returns the short name.
   *
   * @return such as {@code E1}
   */
  public String label() {
    return label;
  }
}
