/**
 * The ONNX model: reading, writing, and the graph as objects that know who computes a value and who
 * reads it.
 *
 * <p>{@link io.github.quant4j.onnx.OnnxModel} holds one {@link io.github.quant4j.onnx.Graph} of
 * {@link io.github.quant4j.onnx.Node}s and {@link io.github.quant4j.onnx.Value}s. Looking is free;
 * changing goes through {@link io.github.quant4j.onnx.GraphRewriter}:
 *
 * <pre>{@code
 * OnnxModel model = OnnxModel.read(Path.of("model.onnx"));
 * for (Node node : model.graph().nodes()) {
 *   System.out.println(node.opType() + " " + node.inputs() + " -> " + node.outputs());
 * }
 * }</pre>
 *
 * <p>Models are read as input nobody vouches for: sizes are checked before memory is taken, and a
 * graph with undefined names, names defined twice or a cycle is refused by name.
 */
@NullMarked
package io.github.quant4j.onnx;

import org.jspecify.annotations.NullMarked;
