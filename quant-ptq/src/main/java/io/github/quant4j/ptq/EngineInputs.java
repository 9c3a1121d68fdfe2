/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.tensorrt.EngineTensor;
import io.github.quant4j.tensorrt.ShapeProfile;
import io.github.quant4j.tensorrt.ShapeRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What engines are run with, and the shapes that follow from it. */
final class EngineInputs {
  private EngineInputs() {}

  /** Returns the tensors of a batch by name; they share its memory. */
  static Map<String, Tensor> of(TensorBatch batch) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    batch.names().forEach(name -> tensors.put(name, batch.tensor(name).orElseThrow()));
    return tensors;
  }

  /** Returns the number of samples in the inputs of a run, if there are any with axes. */
  static OptionalLong batchSize(Map<String, Tensor> inputs) {
    return inputs.values().stream()
        .filter(tensor -> tensor.shape().rank() > 0)
        .mapToLong(tensor -> tensor.shape().dimension(0))
        .findFirst();
  }

  /** Returns the number of samples that a model always takes at once, if it says one. */
  static OptionalLong fixedBatchSize(OnnxModel model) {
    return model.graph().inputs().stream()
        .map(EngineInputs::dimensions)
        .filter(dimensions -> !dimensions.isEmpty())
        .map(dimensions -> dimensions.get(0))
        .filter(Dimension.Fixed.class::isInstance)
        .mapToLong(dimension -> ((Dimension.Fixed) dimension).size())
        .findFirst();
  }

  /** Returns a profile of these shapes and no others, empty where the model leaves none open. */
  static Optional<ShapeProfile> profile(OnnxModel model, Map<String, Tensor> inputs) {
    Optional<ShapeProfile> profile = Optional.empty();
    for (Value input : model.graph().inputs()) {
      boolean isOpen =
          dimensions(input).stream().anyMatch(size -> !(size instanceof Dimension.Fixed));
      Tensor tensor = inputs.get(input.name());
      if (isOpen && tensor != null) {
        Shape shape = tensor.shape();
        ShapeRange range = new ShapeRange(shape, shape, shape);
        profile =
            Optional.of(
                profile
                    .map(known -> known.with(input.name(), range))
                    .orElseGet(() -> ShapeProfile.of(input.name(), shape, shape, shape)));
      }
    }
    return profile;
  }

  /**
   * Returns the shapes to run a model with where no samples say them.
   *
   * @param opt input name to shape, which goes first; may lack inputs
   * @param batchSize the size of first axes that are open
   * @throws VerificationException if an axis behind the first is open
   */
  static Map<String, Shape> shapes(OnnxModel model, Map<String, Shape> opt, long batchSize) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (Value input : model.graph().inputs()) {
      Shape known = opt.get(input.name());
      shapes.put(input.name(), known == null ? shape(input, batchSize) : known);
    }
    return shapes;
  }

  private static Shape shape(Value input, long batchSize) {
    List<Dimension> dimensions = input.type().dimensions().orElseThrow(() -> unknownShape(input));
    long[] sizes = new long[dimensions.size()];
    for (int axis = 0; axis < sizes.length; axis++) {
      if (dimensions.get(axis) instanceof Dimension.Fixed fixed) {
        sizes[axis] = fixed.size();
      } else if (axis == 0) {
        sizes[axis] = batchSize;
      } else {
        throw unknownShape(input);
      }
    }
    return Shape.of(sizes);
  }

  /**
   * Returns the shape to run an engine with.
   *
   * @param opt the shape that it is fastest at
   * @param batchSize the size of the first axis where it is open
   */
  static Shape shape(EngineTensor input, Shape opt, long batchSize) {
    long[] sizes = opt.toArray();
    if (sizes.length > 0 && input.dimensions().get(0) < 0) {
      sizes[0] = batchSize;
    }
    return Shape.of(sizes);
  }

  private static VerificationException unknownShape(Value input) {
    return new VerificationException(
        "input \"%s\" is %s, expected sizes of all axes but the first; give samples or a profile"
            .formatted(input.name(), input.type()));
  }

  private static List<Dimension> dimensions(Value input) {
    return input.type().dimensions().orElse(List.of());
  }
}
