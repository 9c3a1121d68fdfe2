/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/** Compares inferred shapes with those of every tensor ONNX Runtime computes. */
final class ShapeOracle {
  private ShapeOracle() {}

  /**
   * Checks that every value of a model has the shape it has in ONNX Runtime: as numbers when the
   * shapes of the inputs are given, and by evaluating formulas when they are not.
   *
   * @return how many values have a formula or number for every dimension when nothing is given
   */
  static int verify(ModelProto proto, Map<String, Tensor> inputs) {
    OnnxModel model = OnnxModel.of(proto.toByteArray());
    Map<String, Tensor> actual = OnnxRuntimeOracle.run(exposed(proto), inputs);
    Map<String, Shape> given = new HashMap<>();
    inputs.forEach((name, tensor) -> given.put(name, tensor.shape()));
    ShapeInference fixed = ShapeInference.of(model.graph(), given);
    ShapeInference open = ShapeInference.of(model.graph());
    Map<String, Long> names = InputShapes.bind(model.graph(), given);
    int known = 0;
    for (Map.Entry<String, Tensor> entry : actual.entrySet()) {
      Value value = model.graph().value(entry.getKey()).orElseThrow();
      Shape shape = entry.getValue().shape();
      assertThat(fixed.dimensions(value).map(List::toString))
          .as("%s %s", value.producer().map(Node::opType), value)
          .contains(shape.toString());
      known += verifyFormulas(value, open.sizes(value), shape, names) ? 1 : 0;
    }
    return known;
  }

  private static boolean verifyFormulas(
      Value value, Optional<List<Size>> sizes, Shape shape, Map<String, Long> names) {
    if (sizes.isEmpty()) {
      return false;
    }
    assertThat(sizes.get()).as("%s", value).hasSize(shape.rank());
    boolean isKnown = true;
    for (int axis = 0; axis < shape.rank(); axis++) {
      Size size = sizes.get().get(axis);
      OptionalLong number = evaluate(size, names);
      isKnown &= number.isPresent();
      if (number.isPresent()) {
        assertThat(number.getAsLong()).as("%s %s", value, size).isEqualTo(shape.dimension(axis));
      }
    }
    return isKnown;
  }

  /** Evaluates a formula, empty where an unnamed size occurs in it. */
  static OptionalLong evaluate(Size size, Map<String, Long> names) {
    long sum = 0;
    for (Size.Term term : size.terms()) {
      long product = term.coefficient();
      for (Atom atom : term.atoms()) {
        OptionalLong factor = evaluate(atom, names);
        if (factor.isEmpty()) {
          return OptionalLong.empty();
        }
        product *= factor.getAsLong();
      }
      sum += product;
    }
    return size.isUnknown() ? OptionalLong.empty() : OptionalLong.of(sum);
  }

  private static OptionalLong evaluate(Atom atom, Map<String, Long> names) {
    List<OptionalLong> values = atom.arguments().stream().map(a -> evaluate(a, names)).toList();
    if (values.stream().anyMatch(OptionalLong::isEmpty)) {
      return OptionalLong.empty();
    }
    List<Long> a = values.stream().map(OptionalLong::getAsLong).toList();
    return switch (atom.kind()) {
      case NAMED ->
          names.containsKey(atom.name())
              ? OptionalLong.of(names.get(atom.name()))
              : OptionalLong.empty();
      case AXIS -> OptionalLong.empty();
      case FLOOR -> OptionalLong.of(Math.floorDiv(a.get(0), atom.index()));
      case FUNCTION ->
          OptionalLong.of(
              switch (atom.name()) {
                case "min" -> Math.min(a.get(0), a.get(1));
                case "broadcast" -> a.get(0) == 1 ? a.get(1) : a.get(0);
                case "slice" -> SliceBounds.of(a.get(0), a.get(1), a.get(2), a.get(3)).count();
                default -> throw new AssertionError(atom);
              });
    };
  }

  /** Returns the model with the output of every node as an output. */
  private static OnnxModel exposed(ModelProto proto) {
    Map<String, ValueInfoProto> outputs = new LinkedHashMap<>();
    proto.getGraph().getOutputList().forEach(output -> outputs.put(output.getName(), output));
    for (NodeProto node : proto.getGraph().getNodeList()) {
      for (String name : new TreeSet<>(node.getOutputList())) {
        if (!name.isEmpty()) {
          outputs.putIfAbsent(name, ValueInfoProto.newBuilder().setName(name).build());
        }
      }
    }
    ModelProto.Builder builder = proto.toBuilder();
    builder.getGraphBuilder().clearOutput().addAllOutput(outputs.values());
    return OnnxModel.of(builder.build().toByteArray());
  }
}
