/**
 * Shapes of activations, as numbers, as formulas of named sizes, or not known; and what follows
 * from them, the count of multiply-adds.
 *
 * <pre>{@code
 * ShapeInference shapes = ShapeInference.of(model.graph());
 * Optional<List<Dimension>> dimensions = shapes.dimensions(value);
 *
 * Map<String, Shape> given = Map.of("x", Shape.of(1, 3, 640, 640));
 * ShapeInference fixed = ShapeInference.of(model.graph(), given);
 * OptionalLong work = MultiplyAccumulates.of(model.graph(), fixed).total();
 * }</pre>
 */
@NullMarked
package io.github.quant4j.onnx.shape;

import org.jspecify.annotations.NullMarked;
