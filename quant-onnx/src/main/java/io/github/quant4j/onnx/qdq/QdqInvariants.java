/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Float16;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.TensorType;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What holds of every graph this package writes. A breach is a defect of the rewriting, so it stops
 * the model from being handed out.
 *
 * <ol>
 *   <li>I1: every reader of a QuantizeLinear is a DequantizeLinear, and there is one.
 *   <li>I2: zero points are int8 constants of zeros in the shape of their scale; a DequantizeLinear
 *       of an INT32 bias has none.
 *   <li>I3: scales are float32 or float16 constants, finite and above 0, of the type of the tensor
 *       as far as it is declared.
 *   <li>I4: scales of activations have one element and rank 0; scales per channel stand on
 *       constants, with an explicit axis of that length.
 *   <li>I5: constants behind DequantizeLinear are int8, or INT32 where they are read as a bias; a
 *       float constant behind a pair is read as a weight, and both halves of the pair agree on
 *       scale and axis.
 *   <li>I6: an operator with an int8 weight reads an int8 activation, directly or through operators
 *       that move elements, and the other way round.
 *   <li>I7: no activation function or BatchNormalization reads a DequantizeLinear, nor does an Add
 *       where it could take what an INT8 convolution of the same shape writes for it alone.
 *   <li>I8: an activation has one QuantizeLinear, so its pairs share one scale (I10).
 *   <li>I9: quantized inputs of a Concat and its quantized output share one scale.
 *   <li>I11: quantized activations are float, as far as their types are declared, and not known to
 *       have fewer than 8 elements.
 *   <li>I12: inputs and outputs of the graph keep their names, order, types and shapes.
 *   <li>I13: node names are unique.
 * </ol>
 *
 * <p>I14, that a second run changes nothing, is not seen in one graph.
 */
final class QdqInvariants {
  private static final int WEIGHT = 1;
  private static final int BIAS = 2;

  private final List<String> inputs;
  private final List<String> outputs;

  private QdqInvariants(List<String> inputs, List<String> outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Notes what a graph has to keep. */
  static QdqInvariants of(Graph graph) {
    return new QdqInvariants(described(graph.inputs()), described(graph.outputs()));
  }

  void check(Graph graph) {
    requireSame("inputs", inputs, described(graph.inputs()));
    requireSame("outputs", outputs, described(graph.outputs()));
    Set<String> names = new HashSet<>();
    Map<Value, Node> quantizers = new HashMap<>();
    ShapeInference shapes = ShapeInference.of(graph);
    for (Node node : graph.nodes()) {
      require(names.add(node.name()), "I13", node, "its name is taken by an earlier node");
      if (node.is("QuantizeLinear")) {
        checkQuantize(node, shapes);
        Node other = quantizers.put(node.requiredInput(0), node);
        boolean isSingle = other == null || node.requiredInput(0).isConstant();
        require(isSingle, "I8", node, "its tensor is quantized by " + other + " too");
      } else if (node.is("DequantizeLinear")) {
        checkDequantize(node);
      } else if (node.is("Concat")) {
        checkConcat(node);
      } else if (node.is("Conv", "ConvTranspose", "Gemm", "MatMul")) {
        checkOperands(node);
      } else if (node.is("Add")) {
        checkAdd(node, shapes);
      }
    }
  }

  private static void checkOperands(Node node) {
    boolean isInt8 = dequantized(node.requiredInput(0)).isPresent();
    boolean isSound = !isInt8 || readsQuantized(node, WEIGHT);
    require(isSound, "I6", node, "its activation is int8, its weight not");
  }

  /** One operand of a fused Add is bare; a pair on each is for operands no convolution writes. */
  private static void checkAdd(Node add, ShapeInference shapes) {
    Value left = dequantized(add.requiredInput(0)).orElse(null);
    Value right = dequantized(add.requiredInput(1)).orElse(null);
    if (left != null && right != null && shapes.haveSameShape(left, right)) {
      for (Value operand : add.inputs()) {
        Value tensor = dequantized(operand).orElseThrow();
        boolean isForTheAdd = operand.hasSingleReader() && tensor.hasSingleReader();
        boolean isFusible = isForTheAdd && isWrittenByInt8Convolution(tensor);
        require(!isFusible, "I7", add, "a pair keeps it from " + tensor.producer().orElse(null));
      }
    }
  }

  private static boolean isWrittenByInt8Convolution(Value value) {
    return value
        .producer()
        .filter(node -> node.is("Conv", "ConvTranspose", "Gemm"))
        .filter(node -> readsQuantized(node, WEIGHT))
        .isPresent();
  }

  /** Returns the activation whose pair a value comes out of. */
  private static Optional<Value> dequantized(Value value) {
    return value
        .producer()
        .filter(pair -> pair.is("DequantizeLinear"))
        .flatMap(pair -> pair.requiredInput(0).producer())
        .filter(codes -> codes.is("QuantizeLinear"))
        .map(codes -> codes.requiredInput(0))
        .filter(tensor -> !tensor.isConstant());
  }

  /** An output that is quantized behind inputs that are not has a scale of its own (P34). */
  private static void checkConcat(Node node) {
    Set<Float> scales = new TreeSet<>();
    for (Value input : node.inputs()) {
      input
          .producer()
          .filter(producer -> producer.is("DequantizeLinear"))
          .filter(producer -> !producer.requiredInput(0).isConstant())
          .ifPresent(pair -> scales.add(firstScale(pair)));
    }
    if (scales.isEmpty()) {
      return;
    }
    for (Use use : node.output().uses()) {
      if (use.node().is("QuantizeLinear")) {
        scales.add(firstScale(use.node()));
      }
    }
    require(scales.size() == 1, "I9", node, "it joins scales " + scales);
  }

  private static void checkQuantize(Node node, ShapeInference shapes) {
    Value codes = node.output();
    boolean isRead = !codes.uses().isEmpty() && !codes.isGraphOutput() && !codes.isCaptured();
    require(isRead, "I1", node, "its codes are not read by DequantizeLinear nodes alone");
    for (Use use : codes.uses()) {
      require(use.node().is("DequantizeLinear"), "I1", node, "it is read by " + use.node());
    }
    Value tensor = node.requiredInput(0);
    if (tensor.isConstant()) {
      checkWeightPair(node, tensor);
      return;
    }
    TensorType type = tensor.type();
    boolean mayBeFloat = type.mayBe(ElementType.FLOAT) || type.mayBe(ElementType.FLOAT16);
    require(mayBeFloat, "I11", node, "its tensor is " + type);
    TensorEligibility.tooSmall(tensor, shapes)
        .ifPresent(
            obstacle -> {
              throw breach("I11", node, obstacle);
            });
    ElementType scaleType = checkActivationScale(node).elementType();
    require(
        type.mayBe(scaleType), "I3", node, "its tensor is " + type + ", its scale " + scaleType);
  }

  private static void checkWeightPair(Node quantize, Value weight) {
    ElementType type = weight.constantElementType().orElseThrow();
    require(type == ElementType.FLOAT, "I11", quantize, "its constant is " + type);
    checkConstantScale(quantize, weight.constantShape().orElseThrow());
    for (Use use : quantize.output().uses()) {
      Node dequantize = use.node();
      boolean agrees =
          dequantize.input(1).equals(quantize.input(1))
              && dequantize.input(2).equals(quantize.input(2))
              && dequantize.integer("axis", -1) == quantize.integer("axis", -1);
      require(agrees, "I5", dequantize, "its scale or axis is not that of " + quantize);
      for (Use read : dequantize.output().uses()) {
        boolean isWeight = read.inputIndex() == WEIGHT;
        require(isWeight, "I5", dequantize, "its constant is no weight of " + read.node());
        requireQuantizedActivation(read.node());
      }
    }
  }

  private static void requireQuantizedActivation(Node operator) {
    require(readsQuantized(operator, 0), "I6", operator, "its weight is int8, its activation not");
  }

  private static void checkConstantScale(Node node, Shape constant) {
    Tensor scale = scale(node);
    if (scale.shape().rank() > 0) {
      checkAxis(node, constant, scale);
    }
    checkZeroPoint(node, scale);
  }

  private static void checkDequantize(Node node) {
    Value input = node.requiredInput(0);
    if (input.isConstant()) {
      checkConstant(
          node, input.constantElementType().orElseThrow(), input.constantShape().orElseThrow());
      return;
    }
    if (isCodeOfConstant(node.requiredInput(0))) {
      return; // looked at with its QuantizeLinear
    }
    checkActivationScale(node);
    for (Use use : node.output().uses()) {
      boolean isFusible =
          OperatorClass.isActivation(use.node()) || use.node().is("BatchNormalization");
      require(!isFusible, "I7", node, "it stands before " + use.node());
    }
  }

  private static boolean isCodeOfConstant(Value codes) {
    return codes
        .producer()
        .filter(node -> node.is("QuantizeLinear"))
        .filter(node -> node.requiredInput(0).isConstant())
        .isPresent();
  }

  private static Tensor checkActivationScale(Node node) {
    Tensor scale = scale(node);
    require(scale.shape().rank() == 0, "I4", node, "its scale has shape " + scale.shape());
    checkZeroPoint(node, scale);
    return scale;
  }

  private static void checkConstant(Node node, ElementType type, Shape shape) {
    Tensor scale = scale(node);
    if (scale.shape().rank() > 0) {
      checkAxis(node, shape, scale);
    }
    boolean isBias = type == ElementType.INT32;
    boolean isCode = isBias || type == ElementType.INT8;
    require(isCode, "I5", node, "its constant is " + type);
    if (isBias) {
      require(node.input(2).isEmpty(), "I2", node, "its INT32 constant has a zero point");
    } else {
      checkZeroPoint(node, scale);
    }
    for (Use use : node.output().uses()) {
      if (isBias) {
        boolean isReadAsBias = use.inputIndex() == BIAS;
        require(isReadAsBias, "I5", node, "its INT32 constant is no bias of " + use.node());
      } else if (use.inputIndex() == WEIGHT) {
        requireQuantizedActivation(use.node());
      }
    }
  }

  private static void checkAxis(Node node, Shape shape, Tensor scale) {
    long axis = node.integer("axis", -1);
    boolean fits =
        node.hasAttribute("axis")
            && scale.shape().rank() == 1
            && axis >= 0
            && axis < shape.rank()
            && shape.dimension((int) axis) == scale.shape().dimension(0);
    require(fits, "I4", node, "its scale of shape " + scale.shape() + " does not fit its axis");
  }

  private static boolean readsQuantized(Node operator, int index) {
    Node producer = operator.requiredInput(index).producer().orElse(null);
    while (producer != null && !producer.is("DequantizeLinear")) {
      boolean isMover = OperatorClass.isCopy(producer) || producer.is("Cast", "Pad");
      producer = isMover ? producer.requiredInput(0).producer().orElse(null) : null;
    }
    return producer != null;
  }

  private static float firstScale(Node node) {
    Tensor scale = scale(node);
    return (scale.elementType() == ElementType.FLOAT16 ? Float16.widen(scale) : scale)
        .floats()
        .get(0);
  }

  private static Tensor scale(Node node) {
    Tensor scale = node.input(1).flatMap(Value::constant).orElse(null);
    boolean isHalf = scale != null && scale.elementType() == ElementType.FLOAT16;
    if (scale == null || (!isHalf && scale.elementType() != ElementType.FLOAT)) {
      throw breach("I3", node, "its scale is not a float constant");
    }
    FloatBuffer values = (isHalf ? Float16.widen(scale) : scale).floats();
    while (values.hasRemaining()) {
      float value = values.get();
      require(Float.isFinite(value) && value > 0, "I3", node, "its scale is " + value);
    }
    return scale;
  }

  private static void checkZeroPoint(Node node, Tensor scale) {
    Tensor zeroPoint = node.input(2).flatMap(Value::constant).orElse(null);
    require(
        zeroPoint != null
            && zeroPoint.elementType() == ElementType.INT8
            && zeroPoint.shape().equals(scale.shape())
            && isZero(zeroPoint.bytes()),
        "I2",
        node,
        "its zero point is not int8 zeros of shape " + scale.shape());
  }

  private static boolean isZero(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (bytes.get() != 0) {
        return false;
      }
    }
    return true;
  }

  private static List<String> described(List<Value> values) {
    return values.stream().map(value -> value + " " + value.type()).toList();
  }

  private static void requireSame(String what, List<String> before, List<String> after) {
    if (!before.equals(after)) {
      throw new OnnxException(
          "invariant I12 does not hold: %s of the graph were %s and are %s"
              .formatted(what, before, after));
    }
  }

  private static void require(boolean holds, String invariant, Node node, String found) {
    if (!holds) {
      throw breach(invariant, node, found);
    }
  }

  private static OnnxException breach(String invariant, Node node, String found) {
    return new OnnxException(
        "invariant %s does not hold at node \"%s\": %s".formatted(invariant, node, found));
  }
}
