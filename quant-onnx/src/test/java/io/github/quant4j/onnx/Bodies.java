/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import java.util.List;

/** Control flow for test models. */
public final class Bodies {
  private Bodies() {}

  /** Adds an If whose branches, chosen by a constant, both take the Relu of an outer value. */
  public static String choice(ModelBuilder builder, String name, String captured) {
    builder.constant(name + ".condition", Tensor.ofBytes(ElementType.BOOL, Shape.of(), (byte) 1));
    return builder.add(
        "If",
        name,
        List.of(name + ".condition"),
        ModelBuilder.body("then_branch", relu(name + ".then", captured)),
        ModelBuilder.body("else_branch", relu(name + ".else", captured)));
  }

  private static GraphProto relu(String name, String captured) {
    return GraphProto.newBuilder()
        .setName(name)
        .addNode(ModelBuilder.node("Relu", name, List.of(captured)))
        .addOutput(ModelBuilder.floatValue(name))
        .build();
  }
}
