/**
 * Shapes of activations, as far as the placement of quantization needs them: ranks, channels, and
 * whether two tensors have the same shape.
 *
 * <pre>{@code
 * ShapeInference shapes = ShapeInference.of(model.graph());
 * Optional<List<Dimension>> dimensions = shapes.dimensions(value);
 * }</pre>
 */
@NullMarked
package io.github.quant4j.onnx.shape;

import org.jspecify.annotations.NullMarked;
