/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import io.github.quant4j.core.QuantizationException;

/** Reports a NaN or infinite value that {@link NonFinitePolicy#ERROR} does not let pass. */
public final class ObservationException extends QuantizationException {

  private static final long serialVersionUID = 1L;

  /** The name of the tensor. */
  private final String tensor;

  /** The index of the value in row-major order. */
  private final long index;

  /** The value. */
  private final float value;

  /**
   * Creates an exception.
   *
   * @param tensor the name of the tensor
   * @param index the index of the value in row-major order, from 0
   * @param value the value, NaN or infinite
   */
  public ObservationException(String tensor, long index, float value) {
    super(
        ("tensor '%s' has %s at index %s, expected a finite value; "
                + "check the model and its input, or observe with NonFinitePolicy.EXCLUDE")
            .formatted(tensor, value, index));
    this.tensor = tensor;
    this.index = index;
    this.value = value;
  }

  /**
   * Returns the name of the tensor.
   *
   * @return the name
   */
  public String tensor() {
    return tensor;
  }

  /**
   * Returns where the value is within the tensor observed.
   *
   * @return the index in row-major order, from 0
   */
  public long index() {
    return index;
  }

  /**
   * Returns the value.
   *
   * @return NaN or an infinity
   */
  public float value() {
    return value;
  }
}
