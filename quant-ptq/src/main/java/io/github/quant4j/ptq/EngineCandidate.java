/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.Engine;
import java.nio.file.Path;
import java.util.Locale;

/** What an engine of a comparison is made of. */
sealed interface EngineCandidate {
  /** The extension of engines. */
  String PLAN = ".plan";

  /** Returns what its row is called. */
  String name();

  /** Tells whether the comparison builds it, and keeps it where that is asked for. */
  default boolean isBuilt() {
    return this instanceof OfKind || this instanceof OfModel;
  }

  /** Returns what its plan or model is called, which every file system takes. */
  default String fileName(String extension) {
    return name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + extension;
  }

  /** An engine that is built of the float model. */
  record OfKind(EngineKind kind) implements EngineCandidate {
    @Override
    public String name() {
      return kind.label();
    }
  }

  /** An engine that is built of another model. */
  record OfModel(String name, OnnxModel model) implements EngineCandidate {}

  /** An engine in a file. */
  record OfPlan(String name, Path plan) implements EngineCandidate {}

  /** An engine that is the user's, who closes it. */
  record OfEngine(String name, Engine engine) implements EngineCandidate {}
}
