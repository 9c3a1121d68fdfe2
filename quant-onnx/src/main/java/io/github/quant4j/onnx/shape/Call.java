/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One operator call, and what is known of the values it reads. */
final class Call {
  private static final int LARGEST_RANK = 64;

  private final Node node;
  private final Knowledge knowledge;

  Call(Node node, Knowledge knowledge) {
    this.node = node;
    this.knowledge = knowledge;
  }

  Node node() {
    return node;
  }

  /** Returns the sizes of an input, empty when it is left out or its rank is not known. */
  Optional<List<Size>> sizes(int input) {
    return node.input(input).flatMap(knowledge::sizes);
  }

  /** Returns the sizes of an input of at least some rank. */
  Optional<List<Size>> sizes(int input, int leastRank) {
    return sizes(input).filter(sizes -> sizes.size() >= leastRank);
  }

  Optional<List<Size>> sizes(Value value) {
    return knowledge.sizes(value);
  }

  /** Returns the contents of a small input, empty when it is left out or nothing is known. */
  Optional<Elements> elements(int input) {
    return node.input(input).flatMap(knowledge::elements);
  }

  Optional<Elements> elements(Value value) {
    return knowledge.elements(value);
  }

  /** Returns the length of a list of axes or sizes, empty when not known or beyond reason. */
  Optional<Integer> length(int input) {
    return sizes(input)
        .filter(sizes -> sizes.size() == 1)
        .map(sizes -> sizes.get(0).fixed().orElse(-1))
        .filter(length -> length >= 0 && length <= LARGEST_RANK)
        .map(Long::intValue);
  }

  /** Tells whether a list is neither an attribute nor an input, so that its default holds. */
  boolean isLeftOut(String attribute, int input) {
    return !node.hasAttribute(attribute) && node.input(input).isEmpty();
  }

  /**
   * Returns a list of numbers that older operators have as an attribute and newer ones read as an
   * input.
   */
  Optional<List<Long>> numbers(String attribute, int input) {
    return node.integers(attribute).or(() -> elements(input).flatMap(Elements::numbers));
  }

  /** Returns sizes of the same rank of which nothing is known. */
  static List<Size> unknown(int rank) {
    return Collections.nCopies(rank, Size.UNKNOWN);
  }

  /** Returns an axis counted from the front, empty when it lies outside [-count, count). */
  static OptionalInt axis(long declared, int count) {
    return declared >= -count && declared < count
        ? OptionalInt.of((int) (declared < 0 ? declared + count : declared))
        : OptionalInt.empty();
  }

  /** Returns axes counted from the front, empty when one lies outside [-count, count). */
  static Optional<List<Integer>> axes(List<Long> declared, int count) {
    boolean isSound = declared.stream().allMatch(one -> axis(one, count).isPresent());
    return isSound
        ? Optional.of(declared.stream().map(one -> axis(one, count).getAsInt()).toList())
        : Optional.empty();
  }
}
