/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import io.github.quant4j.onnx.Node;
import java.util.List;
import java.util.Optional;

/**
 * Shapes of LSTM, GRU and RNN: all outputs [time, directions, batch, hidden], the last one or two
 * [directions, batch, hidden]; batch comes first with layout 1. Source: those operators, opset 14.
 */
final class RecurrentShapes {
  private RecurrentShapes() {}

  static Optional<List<Size>> output(Call call, int index) {
    Node node = call.node();
    long hidden = node.integer("hidden_size", 0);
    Optional<List<Size>> input = call.sizes(0).filter(sizes -> sizes.size() == 3);
    if (input.isEmpty() || hidden <= 0) {
      return Optional.empty();
    }
    boolean isBatchFirst = node.integer("layout", 0) == 1;
    Size batch = input.get().get(isBatchFirst ? 0 : 1);
    Size time = input.get().get(isBatchFirst ? 1 : 0);
    Size directions = Size.of(node.text("direction", "forward").equals("bidirectional") ? 2 : 1);
    Size features = Size.of(hidden);
    if (index > 0) {
      return Optional.of(
          isBatchFirst
              ? List.of(batch, directions, features)
              : List.of(directions, batch, features));
    }
    return Optional.of(
        isBatchFirst
            ? List.of(batch, time, directions, features)
            : List.of(time, directions, batch, features));
  }
}
