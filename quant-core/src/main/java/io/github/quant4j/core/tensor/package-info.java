/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Tensors as plain values: an element type, a shape and little-endian row-major bytes.
 *
 * <p>A {@link io.github.quant4j.core.tensor.Tensor} is a view of memory that somebody else owns; it
 * copies nothing, so that a batch can be read from a file, handed to a runtime and observed without
 * passing through Java arrays.
 *
 * <pre>{@code
 * Tensor images = Tensor.ofFloats(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
 * Tensor second = images.slice(1, 1);
 * float last = second.floats().get(2); // 6
 * }</pre>
 *
 * <p>{@link io.github.quant4j.core.tensor.FloatElements} reads floats of any width as float32,
 * {@link io.github.quant4j.core.tensor.Float16} rounds them to 16 bits.
 */
@NullMarked
package io.github.quant4j.core.tensor;

import org.jspecify.annotations.NullMarked;
