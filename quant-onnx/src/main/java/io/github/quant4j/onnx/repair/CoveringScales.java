/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Symmetric scales for asymmetric codes.
 *
 * <p>The covering scale is {@code s * reach / 127}, where reach is the number of codes on the
 * longer side of the zero point: {@code max(z, 255 - z)} for uint8, {@code max(z + 128, 127 - z)}
 * for int8. Nothing within the old range saturates. It depends on scale and zero point alone, so
 * pairs that were equal stay equal.
 *
 * <p>Where ranges were observed, {@code absmax / 127} is taken if it is smaller, but no less than
 * {@value #SMALLEST_SHARE} of the covering scale, since a few samples show less than the tool that
 * chose the scale saw. What begins at 0 has no code below, so there only the maximum counts. Pairs
 * of equal parameters with nothing but copies, MaxPool or Relu between them take the scale of the
 * first, which sees all their values. Products are taken in double and rounded once; one beyond
 * float32 is lowered to the largest.
 */
final class CoveringScales {
  static final double SMALLEST_SHARE = 0.5;
  private static final int LARGEST_CODE = 127;

  private final RepairContext context;
  private final Map<Node, AffineActivation> origins = new HashMap<>();

  /** Prepares the scales of a graph as it is now. */
  CoveringScales(RepairContext context, List<AffineActivation> activations) {
    this.context = context;
    if (context.options().ranges().isPresent()) {
      joinEqualPairs(context.graph(), activations);
    }
  }

  /** A scale, and whether observed values gave it. */
  record Choice(float scale, boolean isObserved) {}

  /** Returns the scale that covers all that an activation has codes for. */
  static float covering(AffineActivation activation) {
    return rounded((double) activation.scale() * activation.reach() / LARGEST_CODE);
  }

  /** Returns the scale for an activation. */
  Choice of(AffineActivation activation) {
    float covering = covering(activation);
    AffineActivation origin =
        origins.getOrDefault(activation.activation().quantize().node(), activation);
    float observed =
        context
            .observed(origin.tensor())
            .map(range -> magnitude(range, origin))
            .filter(magnitude -> magnitude > 0)
            .map(magnitude -> Math.max(magnitude / LARGEST_CODE, covering * SMALLEST_SHARE))
            .map(CoveringScales::rounded)
            .orElse(covering);
    return observed < covering ? new Choice(observed, true) : new Choice(covering, false);
  }

  private static double magnitude(ValueRange range, AffineActivation activation) {
    return activation.beginsAtZero() ? Math.max(range.maximum(), 0) : range.absoluteMaximum();
  }

  private static float rounded(double scale) {
    return (float) Math.min(scale, Float.MAX_VALUE);
  }

  /** Notes for every pair behind an equal one the first of the chain. */
  private void joinEqualPairs(Graph graph, List<AffineActivation> activations) {
    Map<Value, Value> sources = sources(graph);
    Map<Value, AffineActivation> byCodes = new HashMap<>();
    for (AffineActivation activation : activations) {
      Value source = sources.getOrDefault(activation.tensor(), activation.tensor());
      Optional.of(source)
          .flatMap(QuantizedActivation::behind)
          .map(pair -> byCodes.get(pair.quantize().output()))
          .filter(activation::hasParametersOf)
          .ifPresent(
              equal -> {
                Node node = equal.activation().quantize().node();
                origins.put(
                    activation.activation().quantize().node(), origins.getOrDefault(node, equal));
              });
      byCodes.put(activation.activation().quantize().output(), activation);
    }
  }

  /** Returns for what copies and rectifiers give the value that went into the first of them. */
  private static Map<Value, Value> sources(Graph graph) {
    Map<Value, Value> sources = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (OperatorClass.isCommuting(node) || node.is("Relu")) {
        Value input = node.requiredInput(0);
        Value source = sources.getOrDefault(input, input);
        node.outputs().forEach(output -> sources.put(output, source));
      }
    }
    return sources;
  }
}
