/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.half;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows through the graph which tensors float16 cannot hold: those that grow too large, and those
 * that owe their worth to a constant so small that it would be rounded to 0.
 *
 * <p>A tensor is too large when it was seen beyond {@link #LARGEST}; when it was not observed and
 * is computed from one that is, by an operator that does not bound its result; or when its codes
 * and scale reach that far. Nodes are visited in order, once.
 */
final class NumericLimits {
  /** Half of what float16 holds: what was not seen in calibration may be as large again. */
  static final float LARGEST = 32_752f;

  private static final int LARGEST_CODE = 128;
  private static final Set<String> BOUNDED =
      Set.of(
          "Cos",
          "Erf",
          "HardSigmoid",
          "InstanceNormalization",
          "LayerNormalization",
          "LpNormalization",
          "MeanVarianceNormalization",
          "Sigmoid",
          "Sign",
          "Sin",
          "Softmax",
          "Softsign",
          "Tanh");

  /** Operators that hand on how small their input may be. */
  private static final Set<String> KEEPS_SMALL =
      Set.of(
          "Expand",
          "Identity",
          "Pow",
          "Reciprocal",
          "Reshape",
          "Sqrt",
          "Squeeze",
          "Transpose",
          "Unsqueeze");

  private static final Set<String> NEEDS_SMALL = Set.of("Div", "Log", "Mul");

  private final ElementTypes types;
  private final @Nullable CalibrationTable table;
  private final Map<Value, String> large = new HashMap<>();
  private final Map<Value, String> small = new HashMap<>();

  NumericLimits(ElementTypes types, @Nullable CalibrationTable table) {
    this.types = types;
    this.table = table;
  }

  /** Notes what is known of an input of the graph. */
  void visitInput(Value input) {
    observed(input).ifPresent(range -> noteRange(input, range));
  }

  /** Returns why a node must stay float32, and notes what that means for its outputs. */
  Optional<String> visit(Node node) {
    Optional<String> tooLarge = largeInput(node);
    Optional<String> tooSmall = smallConstant(node);
    node.outputs().forEach(output -> noteLarge(node, output, tooLarge));
    if (tooSmall.isPresent() || OperatorTypes.isOneOf(KEEPS_SMALL, node)) {
      tooSmall.or(() -> smallInput(node)).ifPresent(why -> note(small, node, why));
    }
    return tooLarge.or(() -> largeOutput(node)).or(() -> tooSmall).or(() -> neededSmall(node));
  }

  private Optional<String> neededSmall(Node node) {
    boolean isNeeded =
        OperatorTypes.isOneOf(KEEPS_SMALL, node) || OperatorTypes.isOneOf(NEEDS_SMALL, node);
    return isNeeded ? smallInput(node) : Optional.empty();
  }

  private Optional<String> smallInput(Node node) {
    return node.inputs().stream().filter(small::containsKey).findFirst().map(small::get);
  }

  private Optional<String> largeInput(Node node) {
    for (int i = 0; i < node.inputCount(); i++) {
      Optional<String> found = node.input(i).flatMap(input -> large(input));
      if (OperatorTypes.isTypedInput(node, i) && found.isPresent()) {
        return found;
      }
      Optional<String> constant = isClipBound(node, i) ? Optional.empty() : largeConstant(node, i);
      if (constant.isPresent()) {
        return constant;
      }
    }
    return Optional.empty();
  }

  private Optional<String> largeOutput(Node node) {
    return node.outputs().stream().flatMap(output -> large(output).stream()).findFirst();
  }

  private Optional<String> large(Value value) {
    return Optional.ofNullable(large.get(value));
  }

  private void noteLarge(Node node, Value output, Optional<String> inherited) {
    if (!types.isFloat(output)) {
      return;
    }
    Optional<ValueRange> range = observed(output);
    if (range.isPresent()) {
      noteRange(output, range.get());
    } else if (node.is("DequantizeLinear")) {
      largeCodes(node).ifPresent(why -> large.put(output, why));
    } else if (!OperatorTypes.isOneOf(BOUNDED, node)) {
      inherited.ifPresent(why -> large.put(output, why));
    }
  }

  private void noteRange(Value value, ValueRange range) {
    float largest = range.absoluteMaximum();
    if (largest > LARGEST) {
      large.put(
          value,
          "tensor \"%s\" reaches %s, more than %s leaves no headroom in float16"
              .formatted(value, largest, LARGEST));
    }
  }

  private Optional<ValueRange> observed(Value value) {
    if (table == null) {
      return Optional.empty();
    }
    return table
        .statistics(value.name())
        .map(seen -> new ValueRange(seen.minimum(), seen.maximum()))
        .or(() -> table.range(value.name()));
  }

  private static Optional<String> largeCodes(Node dequantize) {
    FloatBuffer scales = floats(dequantize.input(1)).orElse(FloatBuffer.allocate(0));
    while (scales.hasRemaining()) {
      float scale = scales.get();
      if (scale * LARGEST_CODE > LARGEST) {
        return Optional.of(
            "scale %s of \"%s\" makes values that float16 does not hold"
                .formatted(scale, dequantize));
      }
    }
    return Optional.empty();
  }

  private Optional<String> largeConstant(Node node, int index) {
    FloatBuffer values = typedConstant(node, index).orElse(FloatBuffer.allocate(0));
    while (values.hasRemaining()) {
      float value = values.get();
      if (!Float16.isRepresentable(value)) {
        return Optional.of(
            "constant \"%s\" holds %s, which float16 does not"
                .formatted(node.requiredInput(index), value));
      }
    }
    return Optional.empty();
  }

  /** A bound of Clip beyond float16 bounds nothing there, so it is cut instead. */
  private static boolean isClipBound(Node node, int index) {
    return node.is("Clip") && index > 0;
  }

  private Optional<String> smallConstant(Node node) {
    for (int i = 0; i < node.inputCount(); i++) {
      boolean isDivisor = node.is("Div") && i == 1;
      Optional<String> lost = typedConstant(node, i).flatMap(values -> lost(values, isDivisor));
      if (lost.isPresent()) {
        Value constant = node.requiredInput(i);
        return Optional.of(
            "constant \"%s\" holds %s, which float16 rounds to 0".formatted(constant, lost.get()));
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the smallest element that would be rounded to 0, where that is more than a rounding
   * error: beside larger elements it is none, unless each element divides.
   */
  private static Optional<String> lost(FloatBuffer values, boolean isEachNeeded) {
    Float smallest = null;
    float largest = 0;
    while (values.hasRemaining()) {
      float magnitude = Math.abs(values.get());
      largest = Math.max(largest, magnitude);
      if (magnitude > 0 && Float16.roundsToZero(magnitude)) {
        smallest = smallest == null ? magnitude : Math.min(smallest, magnitude);
      }
    }
    boolean isLost = smallest != null && (isEachNeeded || Float16.roundsToZero(largest));
    return isLost ? Optional.of(String.valueOf(smallest)) : Optional.empty();
  }

  private Optional<FloatBuffer> typedConstant(Node node, int index) {
    return OperatorTypes.isTypedInput(node, index) ? floats(node.input(index)) : Optional.empty();
  }

  private static Optional<FloatBuffer> floats(Optional<Value> value) {
    return value
        .filter(one -> one.isConstant(ElementType.FLOAT))
        .flatMap(Value::constant)
        .map(Tensor::floats);
  }

  private static void note(Map<Value, String> notes, Node node, String why) {
    node.outputs().forEach(output -> notes.put(output, why));
  }
}
