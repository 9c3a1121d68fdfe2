/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Sets of tensors that share one scale: the tensors that {@link ScaleLink}s join, directly or
 * through one another.
 *
 * <p>The scale of a set comes from the union of the ranges of its sources. A tensor that a link
 * computes is no source: all its values are values of the link's inputs.
 *
 * <p>Where ranges are known, a link whose set would hold ranges that differ by more than {@value
 * #LARGEST_SPREAD} is loosened (P34): its inputs keep their scales, and its outputs take one from
 * the union of the inputs. Tensors that were always zero do not count, since every scale holds
 * zero. Links are visited in the order of the graph. Cost: proportional to the links, but that a
 * loosened one lists the sources of its inputs.
 */
final class ScaleGroups {
  /** Three of seven bits: what a tensor loses beside one that is eight times as wide. */
  static final float LARGEST_SPREAD = 8;

  private final Map<String, String> parents = new HashMap<>();
  private final Map<String, Span> spans = new HashMap<>();
  private final Map<String, Float> ownMaxima = new HashMap<>();
  private final Map<String, List<String>> sources = new HashMap<>();
  private final List<Loosened> loosened = new ArrayList<>();

  private ScaleGroups() {}

  /** Returns the sets with every link holding. */
  static ScaleGroups of(List<ScaleLink> links) {
    ScaleGroups groups = new ScaleGroups();
    links.forEach(groups::join);
    groups.collectSources(links);
    return groups;
  }

  /** Returns the sets with links loosened whose ranges differ too much. */
  static ScaleGroups of(List<ScaleLink> links, ObservedRanges ranges) {
    ScaleGroups groups = new ScaleGroups();
    for (ScaleLink link : links) {
      Span span = groups.span(link, ranges);
      if (span.ratio() > LARGEST_SPREAD) {
        groups.loosened.add(new Loosened(link, span.ratio()));
      } else {
        groups.spans.put(groups.join(link), span);
      }
    }
    groups.collectSources(links);
    return groups;
  }

  /** Returns the tensors whose united range gives the scale of a tensor, sorted. */
  List<String> sources(String tensor) {
    return sources.getOrDefault(root(tensor), List.of(tensor));
  }

  List<Loosened> loosened() {
    return loosened;
  }

  /** Notes the ranges of a link's outputs and returns what the set around the link would span. */
  private Span span(ScaleLink link, ObservedRanges ranges) {
    Span span = Span.NOTHING;
    float largest = 0;
    for (String input : link.inputs()) {
      float maximum =
          ownMaxima.computeIfAbsent(input, source -> ranges.of(source).absoluteMaximum());
      largest = Math.max(largest, maximum);
      span = span.and(spans.getOrDefault(root(input), Span.of(maximum)));
    }
    for (String output : link.outputs()) {
      ownMaxima.put(output, largest);
    }
    return span;
  }

  private String join(ScaleLink link) {
    String root = root(link.inputs().get(0));
    for (String input : link.inputs()) {
      parents.put(root(input), root);
    }
    for (String output : link.outputs()) {
      parents.put(root(output), root);
    }
    return root;
  }

  private String root(String tensor) {
    String root = tensor;
    while (!parents.getOrDefault(root, root).equals(root)) {
      root = parents.getOrDefault(root, root);
    }
    String next = tensor;
    while (!next.equals(root)) {
      String above = parents.getOrDefault(next, root);
      parents.put(next, root);
      next = above;
    }
    return root;
  }

  private void collectSources(List<ScaleLink> links) {
    Set<String> derived = new HashSet<>();
    links.forEach(link -> derived.addAll(link.outputs()));
    Map<String, Set<String>> byRoot = new HashMap<>();
    for (ScaleLink link : links) {
      for (String input : link.inputs()) {
        if (!derived.contains(input)) {
          byRoot.computeIfAbsent(root(input), root -> new TreeSet<>()).add(input);
        }
      }
    }
    if (!loosened.isEmpty()) {
      addSourcesOfLoosened(links, byRoot);
    }
    byRoot.forEach((root, members) -> sources.put(root, List.copyOf(members)));
  }

  private void addSourcesOfLoosened(List<ScaleLink> links, Map<String, Set<String>> byRoot) {
    Set<ScaleLink> loose = new HashSet<>();
    loosened.forEach(one -> loose.add(one.link()));
    Map<String, Set<String>> own = new HashMap<>();
    for (ScaleLink link : links) {
      Set<String> united = new TreeSet<>();
      link.inputs().forEach(input -> united.addAll(own.getOrDefault(input, Set.of(input))));
      for (String output : link.outputs()) {
        own.put(output, united);
        if (loose.contains(link)) {
          byRoot.computeIfAbsent(root(output), root -> new TreeSet<>()).addAll(united);
        }
      }
    }
  }

  /** A link that does not hold, and how many times the widest range is the narrowest. */
  record Loosened(ScaleLink link, float ratio) {}

  /** The largest and the smallest absolute maximum above zero of a set; both 0 for none. */
  private record Span(float largest, float smallest) {
    static final Span NOTHING = new Span(0, 0);

    static Span of(float maximum) {
      return new Span(maximum, maximum);
    }

    Span and(Span other) {
      if (largest == 0 || other.largest == 0) {
        return largest == 0 ? other : this;
      }
      return new Span(Math.max(largest, other.largest), Math.min(smallest, other.smallest));
    }

    float ratio() {
      return largest == 0 ? 1 : largest / smallest;
    }
  }
}
