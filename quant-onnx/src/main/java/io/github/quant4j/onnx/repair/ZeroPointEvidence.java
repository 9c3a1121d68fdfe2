/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the zero points of a whole graph tell of its uint8 codes.
 *
 * <p>PyTorch's exporter types the zero point of a quantized input rightly and writes every other
 * one as uint8 of the same bits: of symmetric int8 codes, uint8 0; of affine ones, uint8 253 for
 * -3, and 128 for the -128 behind a Relu. An observer of truly unsigned codes gives 0 only to what
 * it never saw below 0. The rules, the first that holds:
 *
 * <ol>
 *   <li>Casts stood between the quantizers, as only PyTorch's exporter puts them, and the inputs
 *       are int8: signed.
 *   <li>Some zero point is not 0. Signed when the inputs are int8 and nothing else is, unless a
 *       tensor that cannot be negative has 0 (its int8 zero point would be -128), or all have 128
 *       although some can be negative (symmetric uint8). Else unsigned.
 *   <li>All are 0, none but the inputs are int8, and a convolution, product, sum or normalization
 *       has one: signed. Not so in a model of ONNX Runtime's quantizer with uint8 inputs and
 *       without functions like Relu: that one drops a Relu whose work the zero point does, so the
 *       same graph may be unsigned.
 *   <li>Else undecided: int8 in one place and uint8 0 in another is also how tools write that use
 *       uint8 for all that is never negative.
 * </ol>
 *
 * <p>Linear in the size of the graph.
 */
final class ZeroPointEvidence {
  private static final int MIDDLE = 128;
  private static final Set<String> SIGNED_OPERATORS =
      Set.of(
          "Add",
          "BatchNormalization",
          "Conv",
          "ConvTranspose",
          "Gemm",
          "InstanceNormalization",
          "LayerNormalization",
          "MatMul",
          "Sub");

  /** What the uint8 codes of a graph are. */
  enum Verdict {
    /** There are none. */
    ABSENT,
    /** They are int8. */
    SIGNED,
    /** They are uint8. */
    UNSIGNED,
    /** Neither can be told from the graph. */
    UNDECIDED
  }

  /** What ONNX Runtime's quantizer calls itself in the models it writes. */
  private static final String DROPS_RELUS = "onnx.quantize";

  private final boolean hadCasts;
  private final boolean mayLackRelus;
  private final NonNegativeTensors nonNegative;
  private final Set<Value> dequantized;
  private final List<AffineActivation> signed;
  private final List<AffineActivation> unsigned;

  private ZeroPointEvidence(RepairContext context) {
    Graph graph = context.graph();
    hadCasts =
        context.findings().stream()
            .anyMatch(finding -> finding.defect() == Defect.CAST_BETWEEN_QUANTIZERS);
    mayLackRelus = context.model().producer().startsWith(DROPS_RELUS);
    nonNegative = NonNegativeTensors.ofOperators(graph);
    dequantized = dequantized(graph);
    List<AffineActivation> all = AffineActivation.of(graph);
    signed = all.stream().filter(activation -> !activation.isUnsigned()).toList();
    unsigned = all.stream().filter(AffineActivation::isUnsigned).toList();
  }

  static ZeroPointEvidence of(RepairContext context) {
    return new ZeroPointEvidence(context);
  }

  /** Returns the tensors that are computed from dequantized activations. */
  private static Set<Value> dequantized(Graph graph) {
    Set<Value> found = new HashSet<>();
    for (Node node : graph.nodes()) {
      if (isDequantizedActivation(node) || node.inputs().stream().anyMatch(found::contains)) {
        found.addAll(node.outputs());
      }
    }
    return found;
  }

  private static boolean isDequantizedActivation(Node node) {
    if (!node.is("DequantizeLinear")) {
      return false;
    }
    Value codes = node.requiredInput(0);
    boolean isConstant =
        codes.isConstant()
            || codes
                .producer()
                .filter(writer -> writer.is("QuantizeLinear"))
                .filter(writer -> writer.requiredInput(0).isConstant())
                .isPresent();
    return !isConstant;
  }

  /** Returns the activations with uint8 codes, in the order of the nodes. */
  List<AffineActivation> unsigned() {
    return unsigned;
  }

  /** Returns what the codes of all of them are. */
  Verdict verdict() {
    if (unsigned.isEmpty()) {
      return Verdict.ABSENT;
    }
    if (hadCasts && hasSignedInputs()) {
      return Verdict.SIGNED;
    }
    if (unsigned.stream().allMatch(AffineActivation::beginsAtZero)) {
      return isSignedByPlace() ? Verdict.SIGNED : Verdict.UNDECIDED;
    }
    return hasSignedInputs() && !hasSignedInside() && !isUnsignedByPlace()
        ? Verdict.SIGNED
        : Verdict.UNSIGNED;
  }

  /** Returns what the verdict rests on, as the end of a sentence. */
  String reason() {
    return hasSignedInputs()
        ? "the inputs of the model are quantized to int8"
        : "a tensor with negative values has zero point 0";
  }

  /** Tells whether what is quantized first is int8, all of it. */
  private boolean hasSignedInputs() {
    return signed.stream().anyMatch(this::isInput) && unsigned.stream().noneMatch(this::isInput);
  }

  private boolean hasSignedInside() {
    return !signed.stream().allMatch(this::isInput);
  }

  private boolean isInput(AffineActivation activation) {
    return !dequantized.contains(activation.tensor());
  }

  private boolean isSignedByPlace() {
    return !hasSignedInside()
        && isSignedTensorQuantized()
        && (hasSignedInputs() || !mayLackRelus || hasActivationFunctions());
  }

  private boolean isUnsignedByPlace() {
    boolean isMiddle = unsigned.stream().allMatch(one -> one.zeroPoint() == MIDDLE);
    return isMiddle
        ? isSignedTensorQuantized()
        : unsigned.stream()
            .anyMatch(one -> one.beginsAtZero() && nonNegative.contains(one.tensor()));
  }

  private boolean isSignedTensorQuantized() {
    return unsigned.stream()
        .map(AffineActivation::tensor)
        .filter(tensor -> !nonNegative.contains(tensor))
        .flatMap(tensor -> tensor.producer().stream())
        .anyMatch(node -> node.domain().isEmpty() && SIGNED_OPERATORS.contains(node.opType()));
  }

  private boolean hasActivationFunctions() {
    return unsigned.stream()
        .flatMap(one -> one.tensor().producer().stream())
        .anyMatch(OperatorClass::isActivation);
  }
}
