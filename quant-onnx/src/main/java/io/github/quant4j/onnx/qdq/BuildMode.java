/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Float16;
import java.util.Optional;

/** How TensorRT is to build an engine of the model, which decides the types the model states. */
public enum BuildMode {
  /**
   * A weakly typed network with the builder flags INT8 and FP16: everything but int8 is float32 in
   * the model, and TensorRT chooses. TensorRT up to 10.16.
   */
  WEAKLY_TYPED("W"),
  /**
   * A strongly typed network: every tensor runs in the type of the model, so the remainder is
   * float16 there. Needs opset 19. The only mode of TensorRT 11.
   */
  STRONGLY_TYPED("S");

  private final String code;

  BuildMode(String code) {
    this.code = code;
  }

  /**
   * Returns the letter that stands for the mode in the model's metadata.
   *
   * @return "W" or "S"
   */
  public String code() {
    return code;
  }

  /**
   * Finds a mode by its letter.
   *
   * @param code a letter
   * @return the mode, empty for any other text than "W" and "S"
   */
  public static Optional<BuildMode> ofCode(String code) {
    for (BuildMode mode : values()) {
      if (mode.code.equals(code)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }

  /** Returns the scale that a model of this mode can state: rounded to float16 in mode S. */
  float scale(float chosen) {
    return switch (this) {
      case WEAKLY_TYPED -> chosen;
      case STRONGLY_TYPED -> Float16.roundScale(chosen);
    };
  }

  /** Tells whether a model of this mode states a scale with fewer digits than others. */
  boolean isImprecise(float scale) {
    return this == STRONGLY_TYPED && scale < Float16.MIN_NORMAL;
  }
}
