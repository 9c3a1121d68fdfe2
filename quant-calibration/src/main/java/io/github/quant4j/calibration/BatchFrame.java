/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.calibration.InferenceSession.Wanted;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The memory of one batch in flight: copies of its inputs, since a source may use its buffers
 * again, and the observed tensors, which the runtime writes in place. Used again for batch after
 * batch, by one thread at a time; owns direct memory until {@link #close()}.
 */
final class BatchFrame implements AutoCloseable {

  private final InferenceSession session;
  private final OutputShapes outputShapes;
  private final ObservedTensors observed;
  private final DirectMemory inputMemory = new DirectMemory();
  private final DirectMemory outputMemory = new DirectMemory();
  private final Map<String, DirectTensor> inputs = new LinkedHashMap<>();
  private final Map<String, FloatBuffer> values = new LinkedHashMap<>();
  private long sampleCount;

  BatchFrame(InferenceSession session, OutputShapes outputShapes, ObservedTensors observed) {
    this.session = session;
    this.outputShapes = outputShapes;
    this.observed = observed;
  }

  /** Takes a copy of a batch that fits the model, and of the parameters beside it. */
  void load(TensorBatch batch, Map<String, Tensor> parameters) {
    sampleCount = batch.sampleCount();
    inputs.clear();
    values.clear();
    for (String name : batch.names()) {
      load(name, batch.tensor(name).orElseThrow());
    }
    parameters.forEach(this::load);
    for (String name : observed.inputs()) {
      values.put(name, input(name).bytes().asFloatBuffer());
    }
  }

  private void load(String name, Tensor tensor) {
    inputs.put(name, inputMemory.copyOf(name, tensor));
  }

  private DirectTensor input(String name) {
    DirectTensor input = inputs.get(name);
    if (input == null) {
      throw new IllegalStateException("no input '" + name + "' among " + inputs.keySet());
    }
    return input;
  }

  /** Runs the model on the batch. */
  void run() {
    if (observed.outputs().isEmpty()) {
      return;
    }
    boolean isDone = false;
    while (!isDone) {
      isDone = tryShapes(outputShapes.of(inputs));
    }
  }

  /** Returns false where the shapes were wrong, be it those that another frame has just learnt. */
  private boolean tryShapes(Map<String, Shape> shapes) {
    try {
      run(shapes);
      return true;
    } catch (CalibrationException e) {
      if (!outputShapes.correct(inputs, shapes)) {
        throw e;
      }
      return false;
    }
  }

  private void run(Map<String, Shape> shapes) {
    Map<String, DirectTensor> pinned = new LinkedHashMap<>();
    shapes.forEach(
        (name, shape) -> {
          if (shape.elementCount() > 0) {
            pinned.put(name, outputMemory.tensor(name, ElementType.FLOAT, shape));
          }
        });
    // Among them those without elements now, which may have some for other values of the inputs.
    Set<String> copied = new LinkedHashSet<>(observed.outputs());
    copied.removeAll(pinned.keySet());
    session.runFor(
        inputs,
        new Wanted(copied, pinned),
        (name, value) -> values.put(name, OrtTensors.copy(name, value).floats()));
    pinned.forEach((name, tensor) -> values.put(name, tensor.bytes().asFloatBuffer()));
  }

  /** Returns the elements of the observed tensors by name. */
  Map<String, FloatBuffer> values() {
    return Collections.unmodifiableMap(values);
  }

  long sampleCount() {
    return sampleCount;
  }

  @Override
  public void close() {
    inputMemory.close();
    outputMemory.close();
  }
}
