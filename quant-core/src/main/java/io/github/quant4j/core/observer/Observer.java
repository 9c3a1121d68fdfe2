/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;

/**
 * Keeps what quantization needs to know of the values of a tensor that pass by batch by batch.
 *
 * <p>Open for implementation. Every implementation keeps to this:
 *
 * <ul>
 *   <li>A tensor of no elements changes nothing.
 *   <li>NaN and infinite values never enter a result; they are counted apart. {@link
 *       NonFinitePolicy#ERROR} refuses them instead.
 *   <li>The values are read once, during the call; heap, direct and read-only buffers with any
 *       position and byte order give the same result.
 *   <li>A call that throws {@link IllegalArgumentException} changes nothing.
 *   <li>An implementation has a method {@code combine} that takes in another observer of its own
 *       class, leaves that one as it is, and says whether the result depends on the order.
 * </ul>
 *
 * <p>Not thread-safe; give every thread its own observer and combine them.
 */
public interface Observer {

  /**
   * Takes in the values of a tensor.
   *
   * @param values float32 values of the shape in row-major order from position to limit, heap or
   *     direct; read only, neither kept nor moved
   * @param shape the dimensions
   * @throws IllegalArgumentException if the number of values is not that of the shape, or the shape
   *     is not one this observer takes
   */
  void observe(FloatBuffer values, Shape shape);

  /**
   * Returns the number of finite values seen.
   *
   * @return the count, from 0
   */
  long count();

  /**
   * Returns the number of NaN and infinite values seen.
   *
   * @return the count, from 0
   */
  long nonFiniteCount();
}
