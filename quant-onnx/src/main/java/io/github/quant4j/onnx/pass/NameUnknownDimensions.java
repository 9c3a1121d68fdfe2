/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Gives every axis of an input whose size the model does not say a name of its own.
 *
 * <p>Exporters write "?" for such sizes. TensorRT takes it for a name like any other, and axes of
 * one name for equally long, so that an image could only be square with as many pixels a side as
 * the batch has images. New names are made of the input and the axis, so they are the same in every
 * run.
 */
public final class NameUnknownDimensions implements GraphPass {
  /** Creates the pass, which holds no state. */
  public NameUnknownDimensions() {}

  @Override
  public boolean run(OnnxModel model) {
    Set<String> taken = new HashSet<>();
    for (Value input : model.graph().inputs()) {
      for (Dimension dimension : dimensions(input)) {
        taken.add(dimension.toString());
      }
    }
    boolean modified = false;
    for (Value input : model.graph().inputs()) {
      List<Dimension> dimensions = dimensions(input);
      for (int axis = 0; axis < dimensions.size(); axis++) {
        if (dimensions.get(axis) instanceof Dimension.Unknown) {
          model.graph().rewriter().nameDimension(input, axis, freeName(input, axis, taken));
          modified = true;
        }
      }
    }
    return modified;
  }

  private static List<Dimension> dimensions(Value input) {
    return input.type().dimensions().orElse(List.of());
  }

  private static String freeName(Value input, int axis, Set<String> taken) {
    String wish = input.name() + "_axis" + axis;
    String name = wish;
    for (int suffix = 1; !taken.add(name); suffix++) {
      name = wish + "_" + suffix;
    }
    return name;
  }
}
