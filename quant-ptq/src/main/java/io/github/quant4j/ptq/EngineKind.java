/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

/** An engine that {@link EngineComparison} can make of a float model. */
public enum EngineKind {
  /** Everything in float32, without TF32. */
  FP32("FP32"),

  /** FP16 where that is faster: what INT8 has to beat. */
  FP16("FP16"),

  /** INT8 where TensorRT thinks it faster, with ranges from its own MinMax calibrator. */
  INT8_MIN_MAX("INT8 implicit MinMax"),

  /** INT8 where TensorRT thinks it faster, with ranges from its own Entropy2 calibrator. */
  INT8_ENTROPY_2("INT8 implicit Entropy2"),

  /** INT8 where Q/DQ pairs of {@link PostTrainingQuantization} say so. */
  INT8_EXPLICIT("INT8 explicit");

  private final String label;

  EngineKind(String label) {
    this.label = label;
  }

  /**
   * Returns what rows of this kind are called.
   *
   * @return e.g. {@code INT8 implicit MinMax}
   */
  public String label() {
    return label;
  }

  /**
   * Tells whether the engine is made with sample inputs.
   *
   * @return true for all kinds of INT8
   */
  public boolean needsCalibration() {
    return this != FP32 && this != FP16;
  }
}
