/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What TensorRT made of a network: the layers of an engine with their kernels and types, and {@link
 * #check checks} of what slows an INT8 engine down. Immutable and thread-safe.
 *
 * <pre>{@code
 * EngineInspection inspection = engine.inspection();
 * inspection.check(EngineExpectation.int8()).stream()
 *     .flatMap(result -> result.findings().stream())
 *     .forEach(finding -> System.out.println(finding.message()));
 * }</pre>
 */
public final class EngineInspection {

  private final List<EngineLayer> layers;
  private final List<String> bindings;
  private final Set<String> computed = new HashSet<>();

  EngineInspection(List<EngineLayer> layers, List<String> bindings) {
    this.layers = List.copyOf(layers);
    this.bindings = List.copyOf(bindings);
    this.layers.forEach(layer -> layer.outputs().forEach(tensor -> computed.add(tensor.name())));
  }

  /**
   * Reads the JSON of TensorRT's engine inspector, which {@code trtexec --exportLayerInfo} writes
   * too. Fields not known here are passed over.
   *
   * @param json the text; of an engine built without details it holds names only
   * @return the inspection
   * @throws TensorRtException if it is no such JSON
   */
  public static EngineInspection parse(String json) {
    return InspectionReader.read(json);
  }

  /**
   * Returns the layers.
   *
   * @return an unmodifiable list in the order of execution
   */
  public List<EngineLayer> layers() {
    return layers;
  }

  /**
   * Returns the names of the inputs and outputs of the engine.
   *
   * @return an unmodifiable list in the order of the engine; may be empty
   */
  public List<String> bindings() {
    return bindings;
  }

  /**
   * Tells whether more than names is known.
   *
   * @return true if the engine was built with detailed profiling verbosity, as {@link
   *     EngineBuilder} does
   */
  public boolean hasDetails() {
    return layers.stream().anyMatch(layer -> !layer.type().isEmpty());
  }

  /**
   * Returns how many layers only change type or layout.
   *
   * @return the count of {@link EngineLayer#isReformat}
   */
  public int reformatCount() {
    return (int) layers.stream().filter(EngineLayer::isReformat).count();
  }

  /**
   * Returns how many layers compute element by element only.
   *
   * @return the count of {@link EngineLayer#isPointwise}
   */
  public int pointwiseCount() {
    return (int) layers.stream().filter(EngineLayer::isPointwise).count();
  }

  /**
   * Returns how many layers take no time.
   *
   * @return the count of {@link EngineLayer#isNoOp}
   */
  public int noOpCount() {
    return (int) layers.stream().filter(EngineLayer::isNoOp).count();
  }

  /**
   * Returns how many layers read what type, layers that take no time left out.
   *
   * @return an unmodifiable map without zeros, in the order of {@link LayerPrecision}
   */
  public Map<LayerPrecision, Integer> layersByPrecision() {
    Map<LayerPrecision, Integer> counts = new EnumMap<>(LayerPrecision.class);
    layers.stream()
        .filter(layer -> !layer.isNoOp())
        .forEach(layer -> counts.merge(precision(layer), 1, Integer::sum));
    return Collections.unmodifiableMap(counts);
  }

  /**
   * Checks the engine.
   *
   * @param expectation what the engine should be
   * @return a result for each {@link EngineCheck}, in their order
   */
  public List<EngineCheckResult> check(EngineExpectation expectation) {
    return EngineChecks.run(this, expectation);
  }

  /** The type of the first input that is no constant; without one, that of the first output. */
  private LayerPrecision precision(EngineLayer layer) {
    return Stream.concat(
            layer.inputs().stream().filter(tensor -> !isConstant(tensor)), layer.outputs().stream())
        .map(LayerTensor::precision)
        .findFirst()
        .orElse(LayerPrecision.UNKNOWN);
  }

  /** Whether an input comes neither from a layer nor from outside. */
  boolean isConstant(LayerTensor input) {
    return !computed.contains(input.name()) && !isBinding(input);
  }

  /** Whether it is known what the layers write, as it is not for dynamic shapes left open. */
  boolean hasTypes() {
    return layers.stream()
        .flatMap(layer -> layer.outputs().stream())
        .anyMatch(tensor -> tensor.precision() != LayerPrecision.UNKNOWN);
  }

  boolean isBinding(LayerTensor tensor) {
    return bindings.contains(tensor.name());
  }
}
