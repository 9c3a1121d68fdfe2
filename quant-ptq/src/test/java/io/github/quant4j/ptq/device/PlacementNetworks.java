/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static io.github.quant4j.ptq.device.Variant.ofFloat;
import static io.github.quant4j.ptq.device.Variant.ofInt8;

import io.github.quant4j.ptq.NodeList;
import io.github.quant4j.ptq.device.Variant.Network;
import java.util.List;
import java.util.stream.Stream;

/** Networks that differ in where pairs stand. */
final class PlacementNetworks {

  private static final int BATCH = 32;
  private static final List<Long> SAMPLE = List.of(64L, 56L, 56L);

  private PlacementNetworks() {}

  static Stream<Question> all() {
    return Stream.of(residuals(), concatenations(), poolings(), crossStages());
  }

  /** Q2, Q3: the order of the inputs of a residual Add, and a skip without a pair. */
  static Question residuals() {
    return Question.of(
        "Q2 residual",
        BATCH,
        SAMPLE,
        ofFloat(residual(true, false)),
        ofInt8("skip second", residual(true, false)),
        ofInt8("skip first", residual(true, true)),
        ofInt8("skip without pair", residual(false, false)));
  }

  /**
   * Q6: one scale for all inputs of a Concat, with a branch of 16 times the range of the others.
   */
  static Question concatenations() {
    return Question.of(
        "Q6 concat",
        BATCH,
        SAMPLE,
        ofFloat(concat(Scales.NONE)),
        ofInt8("output only", concat(Scales.NONE)),
        ofInt8("scales of their own", concat(Scales.OWN)),
        ofInt8("one scale", concat(Scales.ONE)));
  }

  /** Q7: the pair before a MaxPool, behind it, or on both sides. */
  static Question poolings() {
    return Question.of(
        "Q7 max pooling",
        BATCH,
        SAMPLE,
        ofFloat(pool(true, true)),
        ofInt8("pair before", pool(true, false)),
        ofInt8("pair behind", pool(false, true)),
        ofInt8("both", pool(true, true)));
  }

  /** Q8: an Add behind an activation. */
  static Question crossStages() {
    return Question.of(
        "Q8 C2f",
        BATCH,
        SAMPLE,
        ofFloat(crossStage(true, true)),
        ofInt8("both inputs", crossStage(true, true)),
        ofInt8("skip only", crossStage(true, false)),
        ofInt8("no input", crossStage(false, false)));
  }

  /** Two blocks and a convolution behind them. */
  private static Network residual(boolean hasSkipPair, boolean isSkipFirst) {
    return to -> {
      String tensor = to.input(64, 56, 56);
      for (String block : List.of("b1", "b2")) {
        String skip = hasSkipPair ? to.pair(tensor) : tensor;
        String inner = to.relu(to.conv(block + ".c1", to.pair(tensor), 64, 3));
        String main = to.conv(block + ".c2", to.pair(inner), 64, 3);
        List<String> terms = isSkipFirst ? List.of(skip, main) : List.of(main, skip);
        tensor = to.relu(to.node("Add", block + ".add", terms));
      }
      return to.conv("head", to.pair(tensor), 64, 1);
    };
  }

  /** What pairs the inputs of a Concat have. */
  private enum Scales {
    NONE,
    OWN,
    ONE
  }

  /** Three convolutions and a pooling, joined. */
  private static Network concat(Scales scales) {
    return to -> {
      String input = to.pair(to.input(64, 56, 56));
      to.gain("c3", 16);
      List<String> branches =
          List.of(
              to.relu(to.conv("c1", input, 64, 3)),
              to.relu(to.conv("c2", input, 64, 1)),
              to.relu(to.conv("c3", input, 64, 1)),
              pool(to, "pool", input, 1));
      List<String> joined =
          branches.stream()
              .map(
                  branch ->
                      switch (scales) {
                        case NONE -> branch;
                        case OWN -> to.pair(branch);
                        case ONE -> to.pair(branch, branches);
                      })
              .toList();
      String all = to.node("Concat", "all", joined, NodeList.integer("axis", 1));
      to.channels(all, 4 * 64);
      // The range of the whole is the largest of its parts.
      return to.conv("c4", to.pair(all, branches), 64, 1);
    };
  }

  private static Network pool(boolean isBefore, boolean isBehind) {
    return to -> {
      String tensor = to.relu(to.conv("c1", to.pair(to.input(64, 56, 56)), 64, 3));
      String pooled = pool(to, "pool", isBefore ? to.pair(tensor) : tensor, 2);
      // The largest value of both tensors is the same.
      return to.conv("c2", isBehind ? to.pair(pooled, List.of(tensor)) : pooled, 64, 3);
    };
  }

  private static Network crossStage(boolean hasSkipPair, boolean hasMainPair) {
    return to -> {
      String stem = silu(to, to.conv("c0", to.pair(to.input(64, 56, 56)), 64, 1));
      String inner = silu(to, to.conv("c1", to.pair(stem), 64, 3));
      String main = silu(to, to.conv("c2", to.pair(inner), 64, 3));
      String sum =
          to.node(
              "Add",
              "sum",
              List.of(hasSkipPair ? to.pair(stem) : stem, hasMainPair ? to.pair(main) : main));
      return to.conv("c3", to.pair(sum), 64, 1);
    };
  }

  private static String silu(NetworkWriter to, String input) {
    String gate = to.node("Sigmoid", input + ".gate", List.of(input));
    return to.node("Mul", input + ".silu", List.of(input, gate));
  }

  private static String pool(NetworkWriter to, String name, String input, int stride) {
    return to.node(
        "MaxPool",
        name,
        List.of(input),
        NodeList.integers("kernel_shape", 3, 3),
        NodeList.integers("pads", 1, 1, 1, 1),
        NodeList.integers("strides", stride, stride));
  }
}
