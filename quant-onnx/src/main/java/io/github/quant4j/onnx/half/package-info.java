/**
 * Turning the float32 remainder of a quantized model into float16, for TensorRT's strongly typed
 * networks, which run every tensor in the type the graph gives it.
 *
 * <p>{@link io.github.quant4j.onnx.half.ConvertToHalf} first decides, node by node, what computes
 * in float16 and what stays float32 and why, then changes the graph:
 *
 * <pre>{@code
 * ConvertToHalf pass = ConvertToHalf.create().withRanges(table);
 * pass.floatNodes(model).forEach((node, reason) -> System.out.println(node + ": " + reason));
 * pass.run(model);
 * }</pre>
 *
 * <p>Inputs and outputs of the graph, bodies of control flow and what they capture keep float32.
 */
@NullMarked
package io.github.quant4j.onnx.half;

import org.jspecify.annotations.NullMarked;
