/**
 * Functions that exporters write as several operators, found again.
 *
 * <p>ONNX has no operator for many things networks are made of, or had none when a model was
 * exported: a GELU is five operators, a layer normalization nine, an attention dozens. TensorRT
 * recognises them and runs each as one kernel, unless a QuantizeLinear stands inside. {@link
 * io.github.quant4j.onnx.pattern.PatternIndex} finds them, so that the placement of quantization
 * can treat each as the one function it is:
 *
 * <pre>{@code
 * PatternIndex patterns = PatternIndex.of(graph, ShapeInference.of(graph));
 * Optional<Pattern> pattern = patterns.covering(node);
 * }</pre>
 *
 * <p>A pattern is found by what it computes, not by how it is spelt: constants are multiplied out,
 * operands may stand in either order, and nothing outside may read what lies inside.
 */
@NullMarked
package io.github.quant4j.onnx.pattern;

import org.jspecify.annotations.NullMarked;
