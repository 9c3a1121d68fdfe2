/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.List;

/** Indexes of test models, in short. */
final class Patterns {
  private Patterns() {}

  static PatternIndex of(ModelBuilder builder) {
    Graph graph = builder.build().graph();
    return PatternIndex.of(graph, ShapeInference.of(graph));
  }

  /** Returns the kinds of the patterns found. */
  static List<String> kinds(ModelBuilder builder) {
    return of(builder).patterns().stream().map(Pattern::kind).toList();
  }
}
