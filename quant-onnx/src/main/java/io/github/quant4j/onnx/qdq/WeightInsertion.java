/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.SymmetricInt8;
import io.github.quant4j.core.quantize.AffineQuantizer;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the scales of weights, then puts their codes or a pair behind them. The codes are
 * computed when the model is written, from the float tensor, which they keep.
 */
final class WeightInsertion {
  /** Weights leave out -128, so that negating a code never overflows. */
  private static final int LARGEST_CODE = 127;

  private static final String DEQUANTIZE = "DequantizeLinear";

  private static final Logger LOGGER = LoggerFactory.getLogger(WeightInsertion.class);

  private final InsertionContext context;
  private final BuildMode mode;
  private final Map<Edge, float[]> scalesByReader = new HashMap<>();
  private final Map<WeightQuantization, float[]> scales = new LinkedHashMap<>();

  WeightInsertion(InsertionContext context, BuildMode mode) {
    this.context = context;
    this.mode = mode;
  }

  /** Chooses the scales of a weight; the graph stays as it is. */
  void chooseScales(WeightQuantization weight) {
    context.uses(weight.edges());
    float[] chosen = parameters(weight).scales();
    scales.put(weight, chosen);
    weight.edges().forEach(edge -> scalesByReader.put(edge, chosen));
  }

  private QuantizationParameters parameters(WeightQuantization weight) {
    Tensor tensor = context.constant(weight.tensor());
    try {
      return weight.axis().isPresent()
          ? SymmetricInt8.forWeight(tensor.floats(), tensor.shape(), weight.axis().getAsInt())
          : SymmetricInt8.forWeight(tensor.floats(), tensor.shape());
    } catch (IllegalArgumentException e) {
      throw new OnnxException(
          "weight \"%s\" cannot be quantized: %s".formatted(weight.tensor(), e.getMessage()), e);
    }
  }

  /** Returns the scales of the weight that stands beside a bias. */
  float[] scales(BiasQuantization bias) {
    float[] chosen = scalesByReader.get(new Edge(bias.edge().node(), 1));
    if (chosen == null) {
      throw new OnnxException(
          "the plan rounds the bias of \"%s\", whose weight stays float"
              .formatted(bias.edge().node()));
    }
    return chosen;
  }

  /** Raises the scales of the weight that stands beside a bias where they are below the given. */
  void raiseScales(BiasQuantization bias, float[] smallest) {
    float[] chosen = scales(bias);
    for (int channel = 0; channel < chosen.length; channel++) {
      chosen[channel] = Math.max(chosen[channel], smallest[channel]);
    }
  }

  /** Rounds the scales to what a model of the build mode can state, before codes are computed. */
  void roundScales() {
    scales.forEach(
        (weight, chosen) -> {
          int impreciseCount = 0;
          for (int channel = 0; channel < chosen.length; channel++) {
            chosen[channel] = mode.scale(chosen[channel]);
            impreciseCount += mode.isImprecise(chosen[channel]) ? 1 : 0;
          }
          if (impreciseCount > 0) {
            LOGGER.warn(
                "weight \"{}\" has {} scales of reduced precision in float16, of {}",
                weight.tensor(),
                impreciseCount,
                chosen.length);
          }
        });
  }

  /** Quantizes a weight and makes its readers read the result. */
  void insert(WeightQuantization weight, WeightForm form) {
    switch (form) {
      case INT8 -> insertCodes(weight);
      case FLOAT_WITH_PAIRS -> insertPair(weight);
    }
  }

  private void insertPair(WeightQuantization weight) {
    Value value = context.value(weight.tensor());
    List<Use> uses = context.uses(weight.edges());
    Node anchor = context.firstReader(uses);
    QuantizationParameters chosen = chosen(weight);
    GraphRewriter rewriter = context.rewriter();
    Value scale = scale(value, chosen);
    Value zeroPoint = context.zeroPoint(parameterShape(chosen));
    Value read = value;
    for (String opType : List.of("QuantizeLinear", DEQUANTIZE)) {
      String output = rewriter.freeName(value + (read == value ? "_quantized" : "_dequantized"));
      List<Value> inputs = List.of(read, scale, zeroPoint);
      read =
          rewriter.insertBefore(anchor, blueprint(opType, value, output, inputs, chosen)).output();
    }
    Value dequantized = read;
    uses.forEach(use -> rewriter.replaceInput(use, dequantized));
  }

  private Value scale(Value weight, QuantizationParameters chosen) {
    return context.addConstant(
        weight + "_scale", Tensor.ofFloats(parameterShape(chosen), chosen.scales()));
  }

  private static Shape parameterShape(QuantizationParameters chosen) {
    return chosen.isPerAxis() ? Shape.of(chosen.count()) : Shape.of();
  }

  private void insertCodes(WeightQuantization weight) {
    Value value = context.value(weight.tensor());
    List<Use> uses = context.uses(weight.edges());
    Node anchor = context.firstReader(uses);
    QuantizationParameters chosen = chosen(weight);
    GraphRewriter rewriter = context.rewriter();
    List<Value> inputs =
        List.of(
            rewriter.addInitializer(
                rewriter.freeName(value + "_quantized"),
                value,
                ElementType.INT8,
                tensor -> codes(tensor, chosen)),
            scale(value, chosen),
            context.zeroPoint(parameterShape(chosen)));
    if (value.uses().size() == uses.size() && !value.isGraphOutput() && !value.isCaptured()) {
      rewriter.computeConstant(
          value, anchor, blueprint(DEQUANTIZE, value, value.name(), inputs, chosen));
      rewriter.declareLike(value, inputs.get(0), ElementType.FLOAT);
    } else {
      String output = rewriter.freeName(value + "_dequantized");
      Node node =
          rewriter.insertBefore(anchor, blueprint(DEQUANTIZE, value, output, inputs, chosen));
      rewriter.declareLike(node.output(), inputs.get(0), ElementType.FLOAT);
      uses.forEach(use -> rewriter.replaceInput(use, node.output()));
    }
  }

  private QuantizationParameters chosen(WeightQuantization weight) {
    float[] chosen = scales.get(weight);
    if (chosen == null) {
      throw new IllegalStateException("weight \"" + weight.tensor() + "\" has no scales yet");
    }
    return weight.axis().isPresent()
        ? QuantizationParameters.perAxis(weight.axis().getAsInt(), chosen, new int[chosen.length])
        : QuantizationParameters.perTensor(chosen[0], 0);
  }

  private NodeBlueprint blueprint(
      String opType,
      Value weight,
      String output,
      List<Value> inputs,
      QuantizationParameters chosen) {
    String name = context.nodeName(weight + "_" + opType);
    NodeBlueprint blueprint = NodeBlueprint.of(opType, name, inputs, output);
    return chosen.axis().isPresent()
        ? blueprint.withInteger("axis", chosen.axis().getAsInt())
        : blueprint;
  }

  private static Tensor codes(Tensor tensor, QuantizationParameters chosen) {
    ByteBuffer codes = ByteBuffer.allocate(Math.toIntExact(tensor.shape().elementCount()));
    AffineQuantizer.of(chosen, -LARGEST_CODE, LARGEST_CODE)
        .quantize(tensor.floats(), tensor.shape(), codes);
    return Tensor.of(ElementType.INT8, tensor.shape(), codes.rewind());
  }
}
