/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The float types of values, where an operator wants a constant of the same type.
 *
 * <p>A declared type and the type of a constant hold; else the type of the producer's first input,
 * for operators that keep it. What that leaves open is float32 in a model in which no other float
 * type occurs, and is not known in any other. Each value is visited once. Not thread-safe.
 */
final class ElementTypes {
  private static final Set<ElementType> FLOATS =
      Set.of(ElementType.FLOAT, ElementType.FLOAT16, ElementType.DOUBLE, ElementType.BFLOAT16);

  /** Operators of opset 7 to 12 whose first output has the element type of the first input. */
  private static final Set<String> KEEPING =
      Set.of(
          "Abs",
          "Add",
          "AveragePool",
          "BatchNormalization",
          "Ceil",
          "Clip",
          "Concat",
          "Conv",
          "ConvTranspose",
          "DepthToSpace",
          "Div",
          "Dropout",
          "Elu",
          "Erf",
          "Exp",
          "Expand",
          "Flatten",
          "Floor",
          "Gather",
          "Gemm",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "HardSigmoid",
          "Identity",
          "InstanceNormalization",
          "LeakyRelu",
          "Log",
          "MatMul",
          "Max",
          "MaxPool",
          "Min",
          "Mul",
          "Neg",
          "PRelu",
          "Pad",
          "Pow",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceSum",
          "Relu",
          "Reshape",
          "Resize",
          "Sigmoid",
          "Slice",
          "Softmax",
          "Softplus",
          "SpaceToDepth",
          "Split",
          "Sqrt",
          "Squeeze",
          "Sub",
          "Sum",
          "Tanh",
          "Tile",
          "Transpose",
          "Unsqueeze",
          "Upsample");

  private final OnnxModel model;
  private final Map<Value, Optional<ElementType>> known = new HashMap<>();
  private @Nullable Boolean onlyFloat32;

  ElementTypes(OnnxModel model) {
    this.model = model;
  }

  /** Returns the element type of a value of the main graph or of a body. */
  Optional<ElementType> of(Value value) {
    List<Value> path = new ArrayList<>();
    Optional<ElementType> found = Optional.empty();
    Optional<Value> next = Optional.of(value);
    while (found.isEmpty() && next.isPresent()) {
      Value current = next.get();
      path.add(current);
      found = known.containsKey(current) ? known.get(current) : stated(current);
      next = known.containsKey(current) ? Optional.empty() : source(current);
    }
    if (found.isEmpty() && holdsOnlyFloat32()) {
      found = Optional.of(ElementType.FLOAT);
    }
    for (Value passed : path) {
      known.put(passed, found);
    }
    return found;
  }

  private static Optional<ElementType> stated(Value value) {
    return value
        .type()
        .elementType()
        .or(value::constantElementType)
        .or(() -> value.producer().flatMap(ElementTypes::written));
  }

  private static Optional<ElementType> written(Node producer) {
    return producer.is("Cast")
        ? ElementType.ofOnnxCode((int) producer.integer("to", 0))
        : producer.constantTensor().map(Tensor::elementType);
  }

  private static Optional<Value> source(Value value) {
    return value
        .producer()
        .filter(node -> node.domain().isEmpty() && KEEPING.contains(node.opType()))
        .filter(node -> node.output(0).filter(value::equals).isPresent())
        .flatMap(node -> node.input(0));
  }

  /** Looks at everything in the model that states a type; done once, and only where it matters. */
  private boolean holdsOnlyFloat32() {
    if (onlyFloat32 == null) {
      onlyFloat32 = stated(model.graph()).noneMatch(type -> type != ElementType.FLOAT);
    }
    return onlyFloat32;
  }

  private static Stream<ElementType> stated(Graph graph) {
    Stream<Value> values =
        Stream.of(graph.inputs().stream(), graph.initializers().stream(), graph.outputs().stream())
            .flatMap(all -> all);
    Stream<Value> computed = graph.nodes().stream().flatMap(node -> node.outputs().stream());
    Stream<ElementType> own =
        Stream.concat(values, computed)
            .flatMap(value -> stated(value).stream())
            .filter(FLOATS::contains);
    Stream<ElementType> inBodies =
        graph.nodes().stream()
            .flatMap(node -> graph.bodies(node).stream())
            .flatMap(ElementTypes::stated);
    return Stream.concat(own, inBodies);
  }
}
