/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a user's source, counted and checked against the inputs of a network. What the
 * source throws comes out with the number of the batch. One thread at a time.
 */
final class CheckedSource implements CalibrationSource {

  private final CalibrationSource source;
  private final List<EngineTensor> inputs;

  /** The shapes of the first batch, which all batches have but for their first axis. */
  private final Map<String, Shape> shapes = new HashMap<>();

  private @Nullable TensorBatch peeked;
  private long batchNumber;

  CheckedSource(CalibrationSource source, List<EngineTensor> inputs) {
    this.source = source;
    this.inputs = inputs;
  }

  /** The first batch with samples, which {@link #next} hands out too. */
  Optional<TensorBatch> peek() {
    Optional<TensorBatch> batch = read();
    while (batch.isPresent() && batch.orElseThrow().sampleCount() == 0) {
      batch = read();
    }
    peeked = batch.orElse(null);
    return batch;
  }

  @Override
  public Optional<TensorBatch> next() {
    TensorBatch batch = peeked;
    peeked = null;
    return batch == null ? read() : Optional.of(batch);
  }

  @Override
  public boolean isRewindable() {
    return source.isRewindable();
  }

  /** Goes back to the start where that is possible. */
  @Override
  public void rewind() {
    if (source.isRewindable()) {
      try {
        source.rewind();
      } catch (IOException | RuntimeException e) {
        throw new EngineCalibrationException("calibration source cannot be rewound", e);
      }
    }
  }

  @Override
  public OptionalLong sampleCount() {
    return source.sampleCount();
  }

  /** Does nothing: the source is the user's. */
  @Override
  public void close() {
    // See above.
  }

  private Optional<TensorBatch> read() {
    batchNumber++;
    Optional<TensorBatch> batch;
    try {
      batch = source.next();
    } catch (IOException | RuntimeException e) {
      throw EngineCalibrationException.failed(batchNumber, e);
    }
    batch.ifPresent(this::verify);
    return batch;
  }

  private void verify(TensorBatch batch) {
    for (String name : batch.names()) {
      refuse(
          inputs.stream().noneMatch(input -> input.name().equals(name)),
          "has tensor '%s', expected the inputs %s of the model only"
              .formatted(name, inputs.stream().map(EngineTensor::name).toList()));
    }
    for (EngineTensor input : inputs) {
      Tensor tensor = batch.tensor(input.name()).orElse(null);
      if (tensor == null) {
        throw EngineCalibrationException.misfit(
            batchNumber,
            "has no tensor for input '%s', found %s".formatted(input.name(), batch.names()));
      }
      verify(input, tensor);
    }
  }

  private void verify(EngineTensor input, Tensor tensor) {
    refuse(
        tensor.elementType() != input.elementType() || !fits(input, tensor.shape()),
        "has %s for input '%s', expected %s%s in every batch"
            .formatted(tensor, input.name(), input.elementType(), expectedShape(input)));
    if (tensor.elementType() == ElementType.FLOAT) {
      long index = firstNonFinite(tensor.floats());
      refuse(
          index >= 0,
          "has NaN or an infinite value for input '%s' at element %s, expected finite values"
              .formatted(input.name(), index));
    }
    shapes.putIfAbsent(input.name(), tensor.shape());
  }

  private boolean fits(EngineTensor input, Shape shape) {
    List<Long> dimensions = input.dimensions();
    Shape first = shapes.getOrDefault(input.name(), shape);
    boolean isFitting = dimensions.size() == shape.rank();
    for (int axis = 1; isFitting && axis < shape.rank(); axis++) {
      long wanted = dimensions.get(axis) < 0 ? first.dimension(axis) : dimensions.get(axis);
      isFitting = shape.dimension(axis) == wanted;
    }
    return isFitting;
  }

  private String expectedShape(EngineTensor input) {
    Shape first = shapes.get(input.name());
    return first == null
        ? input.dimensions() + " with any first axis"
        : first + " with any first axis";
  }

  private void refuse(boolean isWrong, String message) {
    if (isWrong) {
      throw EngineCalibrationException.misfit(batchNumber, message);
    }
  }

  private static long firstNonFinite(FloatBuffer values) {
    for (int index = 0; index < values.limit(); index++) {
      if (!Float.isFinite(values.get(index))) {
        return index;
      }
    }
    return -1;
  }
}
