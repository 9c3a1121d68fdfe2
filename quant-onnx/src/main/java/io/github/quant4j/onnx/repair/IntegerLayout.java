/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where an operator on codes has its inputs, and the float operator it stands for. Positions that
 * an operator does not have are {@link #NONE}. Source: schemas of ONNX and of ONNX Runtime 1.30.
 *
 * @param floatOperator the standard operator that computes the same on floats
 * @param operands the codes it computes with, in the order in which the float operator reads them
 * @param result the position of the scale of its output, before that of the zero point
 * @param bias the position of the bias
 * @param condition the position of an input that is no number and comes first
 */
record IntegerLayout(
    String floatOperator, List<Operand> operands, int result, int bias, int condition) {
  static final int NONE = -1;

  /**
   * One input of codes.
   *
   * @param codes the position of the codes
   * @param scale the position of their scale
   * @param zeroPoint the position of their zero point
   */
  record Operand(int codes, int scale, int zeroPoint) {
    private static Operand from(int codes) {
      return new Operand(codes, codes + 1, codes + 2);
    }
  }

  /** Returns the layout of a node, empty for operators that have no float counterpart here. */
  static Optional<IntegerLayout> of(Node node) {
    String floatOperator = node.opType().replaceFirst("^QLinear", "");
    return switch (node.opType()) {
      case "QLinearConv" -> Optional.of(of("Conv", 6, 8, 0, 3));
      case "QLinearMatMul" -> Optional.of(of("MatMul", 6, NONE, 0, 3));
      case "QGemm" -> Optional.of(of("Gemm", 7, 6, 0, 3));
      case "QLinearAdd", "QLinearMul" -> Optional.of(of(floatOperator, 6, NONE, 0, 3));
      case "QLinearSigmoid",
          "QLinearLeakyRelu",
          "QLinearAveragePool",
          "QLinearGlobalAveragePool",
          "QLinearSoftmax" ->
          Optional.of(of(floatOperator, 3, NONE, 0));
      case "QLinearConcat" ->
          Optional.of(
              of(
                  floatOperator,
                  0,
                  NONE,
                  IntStream.range(0, (node.inputCount() - 2) / 3).map(i -> 2 + 3 * i).toArray()));
      case "QLinearWhere" ->
          Optional.of(
              new IntegerLayout("Where", List.of(Operand.from(1), Operand.from(4)), 7, NONE, 0));
      case "MatMulIntegerToFloat" ->
          Optional.of(
              new IntegerLayout(
                  "MatMul", List.of(new Operand(0, 2, 4), new Operand(1, 3, 5)), NONE, 6, NONE));
      default -> Optional.empty();
    };
  }

  private static IntegerLayout of(String floatOperator, int result, int bias, int... codes) {
    List<Operand> operands = IntStream.of(codes).mapToObj(Operand::from).toList();
    return new IntegerLayout(floatOperator, operands, result, bias, NONE);
  }

  /** Returns the bias of a node, empty where it has none. */
  Optional<Value> bias(Node node) {
    return bias == NONE ? Optional.empty() : node.input(bias);
  }

  /** Tells whether the bias is float and added to the result, not part of the operator. */
  boolean hasFloatBias() {
    return result == NONE;
  }

  /** Tells whether the output is codes; QGemm writes floats where its scale is left out. */
  boolean hasCodesAsResult(Node node) {
    return result != NONE && node.input(result).isPresent();
  }
}
