/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.ActivationPattern;
import io.github.quant4j.onnx.pattern.OperatorClass;
import io.github.quant4j.onnx.pattern.PatternIndex;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.Optional;
import java.util.Set;

/**
 * Operators that TensorRT computes in the kernel of the Conv, Gemm or residual Add before them:
 * activation functions, also those made of several operators, BatchNormalization, and Add or Mul
 * with a constant.
 */
final class Epilogue {
  /** Functions with {@code |f(x)| <= |x|}, so that a scale for x covers f(x). */
  private static final Set<String> SHRINKING =
      Set.of("Clip", "Gelu", "HardSwish", "LeakyRelu", "Mish", "PRelu", "Relu");

  /** Functions with values in [-1, 1]. */
  private static final Set<String> BOUNDED = Set.of("HardSigmoid", "Sigmoid", "Tanh");

  private final PatternIndex patterns;

  private Epilogue(PatternIndex patterns) {
    this.patterns = patterns;
  }

  static Epilogue of(Graph graph, ShapeInference shapes) {
    return new Epilogue(PatternIndex.of(graph, shapes));
  }

  /**
   * What a value becomes in one step of an epilogue.
   *
   * @param first the operator that reads the value, or the first of the pattern that does
   * @param output the result
   * @param isWhole true when several operators are one function of the value
   */
  record Step(Node first, Value output, boolean isWhole) {

    /** Tells whether a residual Add may follow in the same kernel. */
    boolean mayPrecedeSum() {
      return !isWhole && beforeConstantStep(first).isPresent();
    }

    /** Returns a scale that covers the result of a function of a tensor with a given scale. */
    Optional<Float> coveringScale(float scale) {
      if (isWhole || SHRINKING.contains(first.opType())) {
        return Optional.of(scale);
      }
      return BOUNDED.contains(first.opType()) ? Optional.of(1f / 127) : Optional.empty();
    }
  }

  /** Returns the step that is all that reads a value, empty for other readers and for several. */
  Optional<Step> step(Value value) {
    if (value.uses().isEmpty() || value.isGraphOutput() || value.isCaptured()) {
      return Optional.empty();
    }
    Node reader = value.uses().get(0).node();
    Optional<Step> whole =
        patterns
            .activationCovering(reader)
            .filter(pattern -> pattern.input().equals(value))
            .filter(pattern -> patterns.isOnlyReader(pattern, value))
            .map(pattern -> new Step(reader, pattern.output(), isSeveral(pattern)));
    return whole.or(() -> value.hasSingleReader() ? single(value, reader) : Optional.empty());
  }

  private static boolean isSeveral(ActivationPattern pattern) {
    return pattern.nodes().size() > 1
        && pattern.function() != ActivationPattern.Function.HARD_SIGMOID;
  }

  private static Optional<Step> single(Value value, Node reader) {
    boolean isFunction =
        reader.input(0).filter(value::equals).isPresent()
            && (reader.is("BatchNormalization") || OperatorClass.isActivation(reader))
            && (!reader.is("Clip") || Int8Operators.isConstantClip(reader));
    boolean isArithmetic =
        reader.is("Add", "Mul")
            && reader.inputCount() == 2
            && OperatorClass.operandBesideConstant(reader).filter(value::equals).isPresent();
    return isFunction || isArithmetic
        ? reader.output(0).map(output -> new Step(reader, output, false))
        : Optional.empty();
  }

  /**
   * Tells whether a value comes out of an operator with weights or an Add, or of its epilogue, or
   * of a BatchNormalization, which takes an activation function with it wherever it stands.
   */
  static boolean isBehindFusible(Value value) {
    Value current = value;
    while (current.producer().isPresent()) {
      Node producer = current.producer().get();
      if (Int8Operators.isWeighted(producer)
          || Int8Operators.isSum(producer)
          || producer.is("BatchNormalization")) {
        return true;
      }
      Optional<Value> before = beforeConstantStep(producer);
      if (before.isEmpty()) {
        return false;
      }
      current = before.get();
    }
    return false;
  }

  /**
   * Returns what BatchNormalization, Identity, and Add or Mul with a constant are computed from.
   */
  static Optional<Value> beforeConstantStep(Node node) {
    if (node.is("BatchNormalization", "Identity")) {
      return node.input(0);
    }
    return node.is("Add", "Mul") && node.inputCount() == 2
        ? OperatorClass.operandBesideConstant(node)
        : Optional.empty();
  }
}
