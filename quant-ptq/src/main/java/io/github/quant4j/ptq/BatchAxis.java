/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;

/** What a model says of the first axis of its inputs, which counts samples. */
final class BatchAxis {
  private BatchAxis() {}

  /** Tells whether batches may be cut: no input has a fixed number of samples above one. */
  static boolean canCut(OnnxModel model) {
    return model.graph().inputs().stream()
        .flatMap(input -> input.type().dimensions().stream())
        .noneMatch(BatchAxis::isFixed);
  }

  private static boolean isFixed(List<Dimension> dimensions) {
    return !dimensions.isEmpty()
        && dimensions.get(0) instanceof Dimension.Fixed batch
        && batch.size() != 1;
  }
}
