/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * Nodes a user speaks of: by name, by regular expression on the whole name, or by operator.
 * Immutable and thread-safe.
 */
public final class NodeSelector {
  private static final NodeSelector NONE = new NodeSelector(Set.of(), List.of(), Set.of());

  private final Set<String> names;
  private final List<Pattern> patterns;
  private final Set<String> opTypes;

  private NodeSelector(Set<String> names, List<Pattern> patterns, Set<String> opTypes) {
    this.names = names;
    this.patterns = patterns;
    this.opTypes = opTypes;
  }

  /**
   * Returns the selector that selects nothing.
   *
   * @return the selector
   */
  public static NodeSelector none() {
    return NONE;
  }

  /**
   * Returns a selector that selects nodes of a name too. The text is taken as the name as it stands
   * and, where it is one, as a regular expression that must match the whole name.
   *
   * @param nameOrExpression a node name or regular expression
   * @return the copy
   */
  public NodeSelector withName(String nameOrExpression) {
    Set<String> moreNames = new TreeSet<>(names);
    moreNames.add(nameOrExpression);
    List<Pattern> morePatterns = new ArrayList<>(patterns);
    try {
      morePatterns.add(Pattern.compile(nameOrExpression));
    } catch (PatternSyntaxException e) {
      // Names such as "/a/b(1" are no expressions; they still select the node of that name.
      return new NodeSelector(moreNames, patterns, opTypes);
    }
    return new NodeSelector(moreNames, morePatterns, opTypes);
  }

  /**
   * Returns a selector that selects every node of an operator too.
   *
   * @param opType the operator, for example {@code Conv}
   * @return the copy
   */
  public NodeSelector withOperator(String opType) {
    Set<String> more = new TreeSet<>(opTypes);
    more.add(opType);
    return new NodeSelector(names, patterns, more);
  }

  /** Tells whether this selects nothing because no criterion was given. */
  boolean isEmpty() {
    return names.isEmpty() && opTypes.isEmpty();
  }

  /** Returns the criteria that select none of the nodes, in words. */
  List<String> unmatched(List<Node> nodes) {
    Stream<String> byName =
        names.stream()
            .filter(name -> nodes.stream().noneMatch(none().withName(name)::selects))
            .map(name -> "name or expression \"" + name + "\"");
    Stream<String> byOperator =
        opTypes.stream()
            .filter(opType -> nodes.stream().noneMatch(node -> node.opType().equals(opType)))
            .map(opType -> "operator \"" + opType + "\"");
    return Stream.concat(byName, byOperator).toList();
  }

  /**
   * Tells whether a node is selected.
   *
   * @param node the node
   * @return true when its name or operator is selected
   */
  public boolean selects(Node node) {
    return opTypes.contains(node.opType())
        || names.contains(node.name())
        || patterns.stream().anyMatch(pattern -> pattern.matcher(node.name()).matches());
  }
}
