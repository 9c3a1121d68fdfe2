/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.List;

/** Writes formulas into a model, an operator a call; names are counted. */
public final class Formulas {
  private final ModelBuilder builder;
  private int count;

  public Formulas(ModelBuilder builder) {
    this.builder = builder;
  }

  public String number(double value) {
    return builder.constant("number" + count++, Tensor.ofFloats(Shape.of(), (float) value));
  }

  public String op(String opType, List<String> inputs, AttributeProto... attributes) {
    return builder.add(opType, opType + count++, inputs, attributes);
  }

  public String op(String opType, String input) {
    return op(opType, List.of(input));
  }

  public String add(String left, String right) {
    return op("Add", List.of(left, right));
  }

  public String sub(String left, String right) {
    return op("Sub", List.of(left, right));
  }

  public String mul(String left, String right) {
    return op("Mul", List.of(left, right));
  }

  public String div(String left, String right) {
    return op("Div", List.of(left, right));
  }

  public String pow(String base, double exponent) {
    return op("Pow", List.of(base, number(exponent)));
  }

  public String clip(String input, double lower, double upper) {
    return op("Clip", List.of(input, number(lower), number(upper)));
  }

  /** Returns {@code clip(x + 3, 0, 6)}. */
  public String clipOfThree(String x) {
    return clip(add(x, number(3)), 0, 6);
  }

  /** Returns {@code x * sigmoid(x)}. */
  public String silu(String x) {
    return mul(x, op("Sigmoid", x));
  }

  /** Returns {@code x * clip(x + 3, 0, 6) / 6}, as PaddlePaddle writes it. */
  public String hardSwish(String x) {
    return div(mul(x, clipOfThree(x)), number(6));
  }

  /** Returns {@code x * (1 + erf(x / sqrt(2))) * 0.5}, as PyTorch writes it. */
  public String gelu(String x) {
    String erf = op("Erf", div(x, number(1.4142135381698608)));
    return mul(mul(x, add(erf, number(1))), number(0.5));
  }

  public String mean(String x) {
    return op("ReduceMean", List.of(x), ModelBuilder.integers("axes", -1));
  }

  /** Returns {@code (x - mean) / sqrt(mean((x - mean)^2) + epsilon)}. */
  public String normalized(String x) {
    String centered = sub(x, mean(x));
    return div(centered, deviation(centered));
  }

  /** Returns {@code sqrt(mean(x^2) + epsilon)}. */
  public String deviation(String x) {
    return op("Sqrt", add(mean(pow(x, 2)), number(1e-5)));
  }

  public String matMul(String left, String right) {
    return op("MatMul", List.of(left, right));
  }

  public String softmax(String x) {
    return op("Softmax", x);
  }

  public String transposed(String x, long... permutation) {
    return op("Transpose", List.of(x), ModelBuilder.integers("perm", permutation));
  }

  public String average(String x) {
    return op("GlobalAveragePool", x);
  }
}
