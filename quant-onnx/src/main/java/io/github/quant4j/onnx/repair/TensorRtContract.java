/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the ONNX parser of TensorRT 10 takes of quantization, looked at without regard to how the
 * model came about, so that no pass is its own judge.
 *
 * <ul>
 *   <li>The standard operators are of version 9 to 24, and none computes on codes.
 *   <li>QuantizeLinear and DequantizeLinear are those of the standard domain; QuantizeLinear is
 *       read by DequantizeLinear alone or is an output of the graph, with no Cast between.
 *   <li>Scales are initializers of float32, float16 or bfloat16, finite and above 0; zero points
 *       are explicit int8 zeros in the shape of the scale.
 *   <li>More than one scale stands on constants, along an explicit axis of that length.
 *   <li>DequantizeLinear reads no INT32 and no UINT8; UINT8 is for inputs and outputs of the graph.
 * </ul>
 *
 * <p>Codes of int4, float8 and float4, which TensorRT takes by other rules, are not judged, and
 * bodies of If, Loop and Scan are not looked into. Source: onnx-tensorrt 10.15, its importers of
 * QuantizeLinear and DequantizeLinear.
 */
final class TensorRtContract {
  /** The oldest version of the standard operators TensorRT reads. */
  private static final long OLDEST = 9;

  private static final long NEWEST = 24;
  private static final int SCALE = 1;
  private static final int ZERO_POINT = 2;

  private static final Set<ElementType> NOT_JUDGED =
      Set.of(ElementType.INT4, ElementType.FLOAT8E4M3FN, ElementType.FLOAT4E2M1);

  private final List<String> breaches = new ArrayList<>();

  private TensorRtContract() {}

  /** Returns a line for each breach, none for a model TensorRT takes. */
  static List<String> breaches(OnnxModel model) {
    TensorRtContract contract = new TensorRtContract();
    long opset = model.opset();
    if (opset < OLDEST || opset > NEWEST) {
      contract.breaches.add(
          "the standard operators are of version %s, expected %s to %s"
              .formatted(opset, OLDEST, NEWEST));
    }
    model.graph().nodes().forEach(contract::check);
    return List.copyOf(contract.breaches);
  }

  private void check(Node node) {
    boolean isQuantizer =
        node.opType().equals("QuantizeLinear") || node.opType().equals("DequantizeLinear");
    if (isQuantizer && !node.domain().isEmpty()) {
      add(node, "is of domain \"" + node.domain() + "\", expected the standard one");
    } else if (isQuantizer && !isOfOtherCodes(node)) {
      checkQuantizer(node);
    } else if (IntegerOperators.contains(node)) {
      add(node, "computes on codes (" + node.opType() + "), which TensorRT has no importer for");
    }
    for (Value output : node.outputs()) {
      if (isUint8(node, output) && !output.isGraphOutput()) {
        add(node, "writes \"" + output + "\" as UINT8, which only inputs and outputs may be");
      }
    }
  }

  private static boolean isOfOtherCodes(Node node) {
    return Quantizer.of(node).filter(it -> NOT_JUDGED.contains(it.codeType())).isPresent();
  }

  private static boolean isUint8(Node node, Value output) {
    boolean isCast = node.is("Cast") && node.integer("to", 0) == ElementType.UINT8.onnxCode();
    return isCast || output.type().elementType().filter(ElementType.UINT8::equals).isPresent();
  }

  private void checkQuantizer(Node node) {
    Optional<Value> data = node.input(0);
    Optional<Tensor> scale = node.input(SCALE).flatMap(Value::constant);
    if (data.isEmpty() || scale.isEmpty()) {
      add(node, "has no data, or a scale that is no initializer");
      return;
    }
    checkScale(node, scale.get());
    checkZeroPoint(node, scale.get().shape());
    if (scale.get().shape().elementCount() != 1) {
      checkAxis(node, scale.get().shape());
    }
    if (node.is("QuantizeLinear")) {
      checkReaders(node);
    } else {
      checkCodes(node, data.get());
    }
  }

  private void checkScale(Node node, Tensor scale) {
    Optional<float[]> values = floats(scale);
    if (values.isEmpty()) {
      add(node, "has a scale of " + scale.elementType() + ", expected a float type");
      return;
    }
    for (float value : values.get()) {
      if (!(value > 0 && Float.isFinite(value))) {
        add(node, "has a scale of " + value + ", expected finite ones above 0");
        return;
      }
    }
  }

  private static Optional<float[]> floats(Tensor scale) {
    return scale.elementType() == ElementType.DOUBLE ? Optional.empty() : ScaleValues.of(scale);
  }

  private void checkZeroPoint(Node node, Shape expected) {
    Optional<Tensor> zeroPoint = node.input(ZERO_POINT).flatMap(Value::constant);
    if (zeroPoint.isEmpty()) {
      add(node, "has no zero point, or one that is no initializer");
    } else if (zeroPoint.get().elementType() != ElementType.INT8
        || !ZeroPoints.areZero(zeroPoint.get())) {
      add(node, "has a zero point other than int8 zeros");
    } else if (!zeroPoint.get().shape().equals(expected)) {
      add(
          node,
          "has a zero point of shape %s, its scale is of %s"
              .formatted(zeroPoint.get().shape(), expected));
    }
  }

  private void checkAxis(Node node, Shape scale) {
    Optional<Shape> shape = constantShape(node);
    if (shape.isEmpty()) {
      add(node, "has " + scale.elementCount() + " scales on a tensor that is no constant");
      return;
    }
    long rank = shape.get().rank();
    long axis = node.integer("axis", Long.MIN_VALUE);
    long index = axis < 0 ? axis + rank : axis;
    boolean fits =
        node.hasAttribute("axis")
            && scale.rank() == 1
            && index >= 0
            && index < rank
            && shape.get().dimension((int) index) == scale.dimension(0);
    if (!fits) {
      add(node, "has scales of shape " + scale + " that fit no explicit axis of " + shape.get());
    }
  }

  /** Returns the shape of the constant a pair stands on; a weight may be codes, or be quantized. */
  private static Optional<Shape> constantShape(Node node) {
    Value data = node.requiredInput(0);
    return data.constantShape()
        .or(
            () ->
                data.producer()
                    .filter(producer -> producer.is("QuantizeLinear"))
                    .flatMap(producer -> producer.input(0))
                    .flatMap(Value::constantShape));
  }

  private void checkReaders(Node node) {
    for (Value codes : node.outputs()) {
      for (Use use : codes.uses()) {
        if (!use.node().is("DequantizeLinear")) {
          add(node, "is read by \"" + use.node().label() + "\" (" + use.node().opType() + ")");
        }
      }
      if (codes.isCaptured()) {
        add(node, "is read by the body of an If, Loop or Scan");
      }
    }
  }

  private void checkCodes(Node node, Value codes) {
    Optional<ElementType> type = codes.constantElementType().or(() -> codes.type().elementType());
    if (type.filter(found -> found != ElementType.INT8).isPresent()) {
      add(node, "reads codes of " + type.get() + ", expected int8");
    }
    if (codes.producer().filter(producer -> producer.is("Cast")).isPresent()) {
      add(node, "reads its codes from a Cast");
    }
  }

  private void add(Node node, String breach) {
    breaches.add("node \"" + node.label() + "\" " + breach);
  }
}
