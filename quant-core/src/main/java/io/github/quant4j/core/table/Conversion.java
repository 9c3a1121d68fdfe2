/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What came out of a conversion between formats, and what got lost on the way. Immutable when its
 * result is.
 *
 * @param <T> the type of the result
 * @param result the converted table
 * @param losses one line for each kind of loss, with the number of tensors it concerns; empty when
 *     the result holds all that was there
 */
public record Conversion<T>(T result, List<String> losses) {

  /**
   * Copies the list.
   *
   * @param result the converted table
   * @param losses one line for each kind of loss
   */
  public Conversion {
    requireNonNull(result, "result");
    losses = List.copyOf(losses);
  }
}
