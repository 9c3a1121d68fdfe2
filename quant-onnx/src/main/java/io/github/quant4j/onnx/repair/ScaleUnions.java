/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Pairs that should have one scale because only a MaxPool, nearest Resize, Relu, copy or Concat
 * stands between.
 *
 * <p>What comes out of a pair, moved and chosen, is a multiple of its scale and within 127 of them.
 * So pairs further down need no scale of their own: the scale of a union is the largest of those
 * pairs in it that are not made of others in it, and no number is lost by it. Only a tensor joined
 * with one of a larger scale loses resolution.
 */
final class ScaleUnions {
  /** Three bits of eight. */
  static final float LARGEST_RATIO = 8;

  private final List<Int8Pair> pairs;
  private final List<Node> concats;
  private final Map<Node, Node> parents = new HashMap<>();
  private final Map<Node, Node> origins = new LinkedHashMap<>();
  private final Set<Node> whole = new HashSet<>();
  private final Set<Node> fed = new HashSet<>();
  private final Set<Node> joined = new LinkedHashSet<>();
  private final Set<Node> apart = new LinkedHashSet<>();

  private ScaleUnions(Graph graph) {
    this.pairs = Int8Pair.all(graph);
    this.concats = graph.nodes().stream().filter(node -> node.is("Concat")).toList();
  }

  static ScaleUnions of(Graph graph) {
    ScaleUnions unions = new ScaleUnions(graph);
    unions.trace();
    unions.link();
    for (List<Int8Pair> union : unions.members()) {
      List<Float> scales = unions.sources(union).stream().map(Int8Pair::scale).sorted().toList();
      if (scales.get(scales.size() - 1) > LARGEST_RATIO * scales.get(0)) {
        Node root = unions.root(union.get(0).quantize());
        unions.joined.stream().filter(c -> unions.root(c) == root).forEach(unions.apart::add);
      }
    }
    unions.joined.removeAll(unions.apart);
    unions.link();
    return unions;
  }

  /**
   * Finds what each pair and each Concat is made of: another pair or another Concat. One that no
   * pair feeds is a float tensor like any other, and joins nothing.
   */
  private void trace() {
    for (Int8Pair pair : pairs) {
      if (Int8Pair.behind(pair.tensor()).isEmpty()) {
        origin(pair.tensor()).ifPresent(origin -> origins.put(pair.quantize(), origin));
      }
    }
    for (Node concat : concats) {
      if (concat.inputs().stream().allMatch(input -> isFrom(input, whole))) {
        whole.add(concat);
      }
      if (concat.inputs().stream().anyMatch(input -> isFrom(input, fed))) {
        fed.add(concat);
      }
    }
    origins.values().stream().filter(fed::contains).forEach(joined::add);
    for (int i = concats.size() - 1; i >= 0; i--) {
      if (joined.contains(concats.get(i))) {
        concatsBefore(concats.get(i)).forEach(joined::add);
      }
    }
  }

  private Stream<Node> concatsBefore(Node concat) {
    return concat.inputs().stream().flatMap(input -> origin(input).stream()).filter(fed::contains);
  }

  /** Tells whether an input comes out of a pair, or out of one of some Concats before it. */
  private static boolean isFrom(Value input, Set<Node> before) {
    return origin(input).filter(node -> !node.is("Concat") || before.contains(node)).isPresent();
  }

  private static Optional<Node> origin(Value value) {
    Value current = value;
    while (true) {
      Optional<Int8Pair> pair = Int8Pair.behind(current);
      if (pair.isPresent()) {
        return Optional.of(pair.get().quantize());
      }
      Optional<Node> producer = current.producer();
      if (producer.filter(node -> node.is("Concat")).isPresent()) {
        return producer;
      }
      if (producer.filter(node -> Int8Operators.commutes(new Use(node, 0))).isEmpty()) {
        return Optional.empty();
      }
      current = producer.orElseThrow().requiredInput(0);
    }
  }

  private void link() {
    parents.clear();
    origins.forEach(this::join);
    for (Node concat : joined) {
      concat.inputs().forEach(input -> origin(input).ifPresent(origin -> join(concat, origin)));
    }
  }

  private void join(Node a, Node b) {
    if (isJoined(a) && isJoined(b)) {
      parents.put(root(a), root(b));
    }
  }

  /** Concats without pairs behind them, and those kept apart, join nothing. */
  private boolean isJoined(Node node) {
    return !node.is("Concat") || joined.contains(node);
  }

  /** Returns the unions of more than one pair, in the order of the graph. */
  private List<List<Int8Pair>> members() {
    Map<Node, List<Int8Pair>> unions = new LinkedHashMap<>();
    for (Int8Pair pair : pairs) {
      unions.computeIfAbsent(root(pair.quantize()), key -> new ArrayList<>()).add(pair);
    }
    return unions.values().stream().filter(union -> union.size() > 1).toList();
  }

  /** Returns the pairs of a union that are not made of others in it. */
  private List<Int8Pair> sources(List<Int8Pair> union) {
    return union.stream().filter(pair -> !isDerived(pair)).toList();
  }

  private boolean isDerived(Int8Pair pair) {
    Node origin = origins.get(pair.quantize());
    return origin != null
        && (!origin.is("Concat") || (joined.contains(origin) && whole.contains(origin)));
  }

  private Node root(Node node) {
    Node root = node;
    Node parent = parents.getOrDefault(root, root);
    while (parent != root) {
      root = parent;
      parent = parents.getOrDefault(root, root);
    }
    parents.put(node, root);
    return root;
  }

  /** Lets Concats of scales too far apart read their inputs without pairs. */
  boolean separate(RepairContext context) {
    boolean isChanged = false;
    for (Node concat : apart) {
      List<Int8Pair> before =
          concat.inputs().stream().flatMap(input -> Int8Pair.behind(input).stream()).toList();
      if (!before.isEmpty()) {
        context.repaired(
            Defect.REQUANTIZATION,
            Site.of(concat, concat.output()),
            "it joins tensors of scales %s"
                .formatted(before.stream().map(Int8Pair::scale).toList()),
            "more than %s times apart, they are read without pairs; that behind it stays"
                .formatted((int) LARGEST_RATIO));
        bare(context.rewriter(), concat);
        before.forEach(pair -> pair.removeIfUnused(context.rewriter()));
        isChanged = true;
      }
    }
    pairs.removeIf(pair -> Int8Pair.of(pair.quantize()).isEmpty());
    return isChanged;
  }

  private static void bare(GraphRewriter rewriter, Node concat) {
    for (int i = 0; i < concat.inputCount(); i++) {
      Use use = new Use(concat, i);
      concat
          .input(i)
          .flatMap(Int8Pair::behind)
          .ifPresent(pair -> rewriter.replaceInput(use, pair.tensor()));
    }
  }

  /** Gives all pairs of each union one scale. */
  boolean unify(RepairContext context) {
    boolean isChanged = false;
    for (List<Int8Pair> union : members()) {
      Int8Pair widest =
          sources(union).stream().max(Comparator.comparingDouble(Int8Pair::scale)).orElseThrow();
      for (Int8Pair pair : union) {
        if (!pair.hasScaleOf(widest)) {
          context.repaired(
              Defect.REQUANTIZATION,
              pair.site(),
              "only operators that move, choose or join elements lie between it, of scale %s, and"
                      .formatted(pair.scale())
                  + " \"%s\" of scale %s".formatted(widest.tensor(), widest.scale()),
              "scale %s -> %s, as all of its readers see it (%s)"
                  .formatted(pair.scale(), widest.scale(), pair.result().uses().size()));
          context.setInt8Scale(pair.nodes(), pair.tensor().name(), widest.scale());
          isChanged = true;
        }
      }
    }
    return isChanged;
  }
}
