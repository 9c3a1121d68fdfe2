/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an INT8 engine should be, for {@link EngineInspection#check}. Immutable and thread-safe;
 * every method but the accessors returns a changed copy.
 */
public final class EngineExpectation {

  private static final EngineExpectation INT8 =
      new EngineExpectation(Set.of(), OptionalInt.empty(), Optional.empty(), Optional.empty());

  private final Set<String> floatNodes;
  private final OptionalInt layerCount;
  private final Optional<List<Set<String>>> groups;
  private final Optional<List<String>> log;

  private EngineExpectation(
      Set<String> floatNodes,
      OptionalInt layerCount,
      Optional<List<Set<String>>> groups,
      Optional<List<String>> log) {
    this.floatNodes = floatNodes;
    this.layerCount = layerCount;
    this.groups = groups;
    this.log = log;
  }

  /**
   * Expects every convolution to be INT8, and says nothing of layer count, groups and log.
   *
   * @return the expectation
   */
  public static EngineExpectation int8() {
    return INT8;
  }

  /**
   * Names nodes that are float on purpose: {@link EngineCheck#INT8_CONVOLUTIONS} passes over them.
   *
   * @param nodes the names of ONNX nodes; copied
   * @return a changed copy
   */
  public EngineExpectation floatNodes(Collection<String> nodes) {
    return new EngineExpectation(Set.copyOf(nodes), layerCount, groups, log);
  }

  /**
   * Sets the highest count of layers for {@link EngineCheck#LAYER_COUNT}.
   *
   * @param count at least 1
   * @return a changed copy
   */
  public EngineExpectation layerCount(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("layer count is %s, expected at least 1".formatted(count));
    }
    return new EngineExpectation(floatNodes, OptionalInt.of(count), groups, log);
  }

  /**
   * Sets the nodes of which each group should be one layer, for {@link
   * EngineCheck#PREDICTED_GROUPS}.
   *
   * @param groups names of ONNX nodes; copied
   * @return a changed copy
   */
  public EngineExpectation groups(Collection<? extends Collection<String>> groups) {
    List<Set<String>> copy =
        groups.stream().<Set<String>>map(group -> new TreeSet<>(group)).toList();
    return new EngineExpectation(floatNodes, layerCount, Optional.of(copy), log);
  }

  /**
   * Sets what TensorRT logged while it built the engine, for {@link EngineCheck#CLEAN_LOG}.
   *
   * @param lines such as {@link EnginePlan#warnings}; copied
   * @return a changed copy
   */
  public EngineExpectation log(List<String> lines) {
    return new EngineExpectation(floatNodes, layerCount, groups, Optional.of(List.copyOf(lines)));
  }

  Set<String> floatNodes() {
    return floatNodes;
  }

  OptionalInt layerCount() {
    return layerCount;
  }

  Optional<List<Set<String>>> groups() {
    return groups;
  }

  Optional<List<String>> log() {
    return log;
  }
}
