/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.List;
import java.util.Optional;

/**
 * The patterns of a graph, no two of which share a node.
 *
 * <p>Constants must be initializers, as {@link
 * io.github.quant4j.onnx.pass.MoveConstantsToInitializers} makes them; a pattern whose constants
 * are computed is not seen. A snapshot: later changes to the graph are not seen either. Immutable.
 *
 * <p>Cost: a fixed number of steps a node, O(nodes).
 */
public final class PatternIndex {
  private final Matches matches;
  private final List<Pattern> patterns;

  private PatternIndex(Matches matches) {
    this.matches = matches;
    this.patterns = matches.inOrder();
  }

  /**
   * Finds the patterns of a graph.
   *
   * @param graph the graph
   * @param shapes what is known of its shapes; used for the sizes of attentions
   * @return its patterns
   * @throws io.github.quant4j.onnx.OnnxException if a node lacks an input its operator needs
   */
  public static PatternIndex of(Graph graph, ShapeInference shapes) {
    Matches matches = new Matches(graph);
    List<Node> nodes = graph.nodes();
    NormalizationMatcher normalizations = new NormalizationMatcher(matches);
    ActivationMatcher activations = new ActivationMatcher(matches);
    AttentionMatcher attentions = new AttentionMatcher(matches, shapes);
    for (Node node : nodes) {
      normalizations.match(node);
      activations.match(node);
      attentions.match(node);
    }
    nodes.forEach(new HardSigmoidMatcher(matches)::match);
    nodes.forEach(new SqueezeExciteMatcher(matches)::match);
    return new PatternIndex(matches);
  }

  /**
   * Returns all patterns.
   *
   * @return the patterns, in the order of the nodes that end them
   */
  public List<Pattern> patterns() {
    return patterns;
  }

  /**
   * Returns the patterns of one kind.
   *
   * @param type the kind
   * @param <T> the kind
   * @return the patterns, in the order of the nodes that end them
   */
  public <T extends Pattern> List<T> patterns(Class<T> type) {
    return patterns.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /**
   * Returns the pattern a node is part of.
   *
   * @param node a node of the graph
   * @return the pattern, empty when the node is in none
   */
  public Optional<Pattern> covering(Node node) {
    return matches.covering(node);
  }

  /**
   * Tells whether nothing but the nodes of a pattern reads a value: no other node, no subgraph, no
   * output of the graph.
   *
   * @param pattern a pattern of this index
   * @param value one of its inputs
   * @return true when nothing else reads it
   */
  public boolean isOnlyReader(Pattern pattern, Value value) {
    return matches.isOnlyReader(pattern, value);
  }

  /**
   * Returns the activation whose result a value is, so that a walk against the flow can go on at
   * {@link ActivationPattern#input()}.
   *
   * @param value a value of the graph
   * @return the activation, empty when the value comes out of anything else
   */
  public Optional<ActivationPattern> activationEndingAt(Value value) {
    return matches
        .endingAt(value)
        .filter(ActivationPattern.class::isInstance)
        .map(ActivationPattern.class::cast);
  }

  /**
   * Returns the activation a node is part of, so that a walk with the flow that comes to its first
   * operator can go on at {@link ActivationPattern#output()}.
   *
   * @param node a node of the graph
   * @return the activation, empty when the node is in none
   */
  public Optional<ActivationPattern> activationCovering(Node node) {
    return matches
        .covering(node)
        .filter(ActivationPattern.class::isInstance)
        .map(ActivationPattern.class::cast);
  }
}
