/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import java.nio.ByteBuffer;

/**
 * A tensor in direct memory that ONNX Runtime reads or writes in place.
 *
 * @param elementType the type of the elements
 * @param shape the dimensions
 * @param bytes the elements, from position 0 to limit
 */
record DirectTensor(ElementType elementType, Shape shape, ByteBuffer bytes) {

  /** Returns a runtime value over this memory, which must stay as it is until it is closed. */
  OnnxTensor open(OrtEnvironment environment) throws OrtException {
    return OrtTensors.wrap(environment, this);
  }
}
