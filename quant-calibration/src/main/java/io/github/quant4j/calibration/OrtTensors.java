/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Translates between tensors and the values of ONNX Runtime.
 *
 * <p>ONNX Runtime computes in native byte order; all platforms of its Java package are
 * little-endian, as tensors are.
 */
final class OrtTensors {

  private static final String TYPE_PREFIX = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

  private OrtTensors() {}

  /** Returns what a model declares for an input or output. */
  static TensorSignature signature(String role, NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo info)) {
      throw notATensor(role, node.getName(), node.getInfo().getClass().getSimpleName());
    }
    List<Long> dimensions = Arrays.stream(info.getShape()).boxed().toList();
    return new TensorSignature(node.getName(), elementType(node.getName(), info), dimensions);
  }

  /** Returns the dimensions that a model declares, with the names of those that are free. */
  static SymbolicShape symbolicShape(NodeInfo node) {
    TensorInfo info = (TensorInfo) node.getInfo();
    List<SymbolicShape.Axis> axes = new ArrayList<>();
    for (int axis = 0; axis < info.getShape().length; axis++) {
      String name = info.getDimensionNames()[axis];
      axes.add(new SymbolicShape.Axis(info.getShape()[axis], name == null ? "" : name));
    }
    return new SymbolicShape(axes);
  }

  /** Returns whether the Java API of ONNX Runtime can make a tensor of the type. */
  static boolean canWrap(ElementType type) {
    return javaType(type).isPresent();
  }

  /** Returns a runtime value over direct memory, which must stay as it is until it is closed. */
  static OnnxTensor wrap(OrtEnvironment environment, DirectTensor tensor) throws OrtException {
    OnnxJavaType type = javaType(tensor.elementType()).orElseThrow();
    return OnnxTensor.createTensor(environment, tensor.bytes(), tensor.shape().toArray(), type);
  }

  /** Returns the dimensions of a runtime value. */
  static Shape shape(String name, OnnxValue value) {
    if (!(value instanceof OnnxTensor tensor)) {
      throw notATensor("output", name, value.getClass().getSimpleName());
    }
    return Shape.of(tensor.getInfo().getShape());
  }

  /** Returns a copy of a runtime value on the heap. */
  static Tensor copy(String name, OnnxValue value) {
    if (!(value instanceof OnnxTensor tensor)) {
      throw notATensor("output", name, value.getClass().getSimpleName());
    }
    TensorInfo info = tensor.getInfo();
    ElementType type = elementType(name, info);
    if (type == ElementType.STRING) {
      throw new CalibrationException(
          "output '"
              + name
              + "' is a tensor of strings, expected numbers; remove it from the model");
    }
    Shape shape = Shape.of(info.getShape());
    int byteCount = DirectMemory.byteCount(name, type, shape);
    try {
      return Tensor.of(type, shape, tensor.getByteBuffer());
    } catch (OutOfMemoryError e) {
      throw new CalibrationException(
          "no %s bytes of heap are left for tensor '%s'; %s"
              .formatted(
                  byteCount, name, "use a smaller batch size or give the JVM more with -Xmx"),
          e);
    }
  }

  private static ElementType elementType(String name, TensorInfo info) {
    String type = info.onnxType.name().substring(TYPE_PREFIX.length());
    for (ElementType candidate : ElementType.values()) {
      if (candidate.name().equals(type)) {
        return candidate;
      }
    }
    throw new CalibrationException(
        "tensor '%s' has an element type (%s) that ONNX Runtime's Java package does not know"
            .formatted(name, type.toLowerCase(Locale.ROOT)));
  }

  private static Optional<OnnxJavaType> javaType(ElementType type) {
    return switch (type) {
      case FLOAT -> Optional.of(OnnxJavaType.FLOAT);
      case DOUBLE -> Optional.of(OnnxJavaType.DOUBLE);
      case FLOAT16 -> Optional.of(OnnxJavaType.FLOAT16);
      case BFLOAT16 -> Optional.of(OnnxJavaType.BFLOAT16);
      case INT8 -> Optional.of(OnnxJavaType.INT8);
      case UINT8 -> Optional.of(OnnxJavaType.UINT8);
      case INT16 -> Optional.of(OnnxJavaType.INT16);
      case INT32 -> Optional.of(OnnxJavaType.INT32);
      case INT64 -> Optional.of(OnnxJavaType.INT64);
      case BOOL -> Optional.of(OnnxJavaType.BOOL);
      default -> Optional.empty();
    };
  }

  private static CalibrationException notATensor(String role, String name, String type) {
    return new CalibrationException(
        "%s '%s' of the model is not a tensor (%s), expected tensors only; remove it from the model"
            .formatted(role, name, type));
  }
}
