/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known so far of the values of a graph: sizes, and contents of small tensors. Not
 * thread-safe.
 */
final class Knowledge {
  private final Map<Value, List<Size>> sizes = new HashMap<>();
  private final Map<Value, Optional<Elements>> elements = new HashMap<>();
  private final Map<String, Long> bindings;

  /**
   * Creates what is known at the start.
   *
   * @param bindings the numbers that names of dimensions stand for
   */
  Knowledge(Map<String, Long> bindings) {
    this.bindings = bindings;
  }

  Optional<List<Size>> sizes(Value value) {
    return Optional.ofNullable(sizes.get(value));
  }

  /** Returns contents; a constant is decoded only where it is small and holds numbers. */
  Optional<Elements> elements(Value value) {
    return elements.computeIfAbsent(value, Knowledge::constant);
  }

  private static Optional<Elements> constant(Value value) {
    return value
        .constantShape()
        .filter(shape -> shape.rank() <= 1 && shape.elementCount() <= Elements.LARGEST_COUNT)
        .filter(shape -> !value.constantElementType().equals(Optional.of(ElementType.STRING)))
        .flatMap(shape -> value.constant())
        .flatMap(Elements::of);
  }

  void note(Value value, Shape shape) {
    List<Size> fixed = new ArrayList<>(shape.rank());
    for (int axis = 0; axis < shape.rank(); axis++) {
      fixed.add(Size.of(shape.dimension(axis)));
    }
    sizes.put(value, List.copyOf(fixed));
  }

  /**
   * Notes the sizes of a value: a computed number first, then a declared number, then a computed
   * formula, then a declared name. What remains unknown gets a name of its own, so that it equals
   * itself and nothing else. Ranks that contradict one another leave nothing known.
   */
  void note(Value value, Optional<List<Size>> computed) {
    Optional<List<Dimension>> declared = value.type().dimensions();
    int rank = computed.map(List::size).or(() -> declared.map(List::size)).orElse(-1);
    if (rank < 0 || declared.filter(dimensions -> dimensions.size() != rank).isPresent()) {
      return;
    }
    List<Size> noted = new ArrayList<>(rank);
    for (int axis = 0; axis < rank; axis++) {
      int index = axis;
      Size found = computed.map(list -> list.get(index)).orElse(Size.UNKNOWN);
      Size stated = declared.map(list -> size(list.get(index))).orElse(Size.UNKNOWN);
      noted.add(orOwnName(merge(found, stated), value, axis));
    }
    sizes.put(value, List.copyOf(noted));
  }

  private static Size merge(Size found, Size stated) {
    boolean isFound = found.fixed().isPresent() ? found.isNonNegative() : !found.isUnknown();
    boolean isStatedBetter = stated.fixed().isPresent() && found.fixed().isEmpty();
    return isFound && !isStatedBetter ? found : stated;
  }

  private static Size orOwnName(Size size, Value value, int axis) {
    return size.isUnknown()
        ? Size.of(new Atom(Atom.Kind.AXIS, value.name(), axis, List.of()))
        : size;
  }

  private Size size(Dimension dimension) {
    if (dimension instanceof Dimension.Fixed fixed) {
      return Size.of(fixed.size());
    }
    if (dimension instanceof Dimension.Symbolic symbolic) {
      Long bound = bindings.get(symbolic.name());
      return bound == null ? Size.named(symbolic.name()) : Size.of(bound);
    }
    return Size.UNKNOWN;
  }

  void note(Value value, Elements found) {
    if (found.count() <= Elements.LARGEST_COUNT) {
      elements.put(value, Optional.of(found));
    }
  }

  /** Returns all sizes known. */
  Map<Value, List<Size>> sizes() {
    return Map.copyOf(sizes);
  }
}
