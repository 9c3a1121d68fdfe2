/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Severity.ERROR;
import static io.github.quant4j.onnx.repair.Severity.NOTE;
import static io.github.quant4j.onnx.repair.Severity.WARNING;

/**
 * The kinds of defects of quantized models, in the order of the repair table, then what the linter
 * alone tells. Numbers and names never change their meaning; docs/repair.md shows each with an
 * example.
 */
public enum Defect {
  /** R01. */
  HIDDEN_CONSTANT(
      "R01",
      NOTE,
      "a constant is computed by nodes",
      "scales, zero points, weights and biases are initializers"),
  /** R02. */
  CAST_BETWEEN_QUANTIZERS(
      "R02",
      ERROR,
      "a Cast stands between QuantizeLinear and DequantizeLinear",
      "DequantizeLinear reads the codes of QuantizeLinear directly"),
  /** R03. */
  SIGNED_CODES_DECLARED_UNSIGNED(
      "R03",
      ERROR,
      "the zero point is uint8 although the codes are int8, so values below it are lost",
      "the zero point is int8"),
  /** R04. */
  UNSIGNED_CODES(
      "R04",
      ERROR,
      "the codes are uint8 from 0",
      "the codes are int8 with zero point 0, at a scale that covers the same range"),
  /** R05. */
  UNDECIDED_CODES(
      "R05",
      ERROR,
      "the zero point is uint8 0, and the model does not tell whether its codes are int8 or uint8",
      "the codes are int8 with zero point 0"),
  /** R06. */
  ASYMMETRIC_UNSIGNED_CODES(
      "R06",
      ERROR,
      "the codes are uint8 with a zero point above 0",
      "the codes are int8 with zero point 0, at a scale that covers the same range"),
  /** R07. */
  ASYMMETRIC_SIGNED_CODES(
      "R07",
      ERROR,
      "the codes are int8 with a zero point other than 0",
      "the codes are int8 with zero point 0, at a scale that covers the same range"),
  /** R08. */
  ASYMMETRIC_WEIGHT(
      "R08",
      ERROR,
      "the codes of a weight are uint8, or have a zero point other than 0",
      "the codes of a weight are int8 with zero point 0"),
  /** R09. */
  QUANTIZED_BIAS(
      "R09",
      ERROR,
      "a bias stands behind a DequantizeLinear, or is added late",
      "the bias is a float constant the operator itself reads"),
  /** R10. */
  PAIR_BEFORE_RESIDUAL_ADD(
      "R10",
      WARNING,
      "a pair keeps a residual Add out of the convolution before it",
      "the Add reads what the convolution writes"),
  /** R11. */
  PAIR_BEFORE_EPILOGUE(
      "R11",
      WARNING,
      "a pair keeps an operator from being fused with the one before it",
      "the pair stands behind the fused operators"),
  /** R12. */
  BARE_SKIP(
      "R12",
      WARNING,
      "the skip of a residual Add has no pair",
      "the skip is read through the pair of its source"),
  /** R13. */
  REPEATED_PAIR(
      "R13",
      WARNING,
      "a tensor is quantized again with the scale it has",
      "one QuantizeLinear, whose readers share it"),
  /** R14. */
  REQUANTIZATION(
      "R14",
      WARNING,
      "a tensor is quantized again with another scale",
      "one scale on both sides of operators that move elements"),
  /** R15. */
  REDUNDANT_PAIR(
      "R15",
      WARNING,
      "an operator that commutes with rounding has pairs of one scale on both sides",
      "one pair, nearest to the operator that computes with it"),
  /** R16. */
  PAIR_BEHIND_PAD(
      "R16",
      WARNING,
      "a pair keeps a Pad of zeros from the convolution behind it",
      "the pair stands before the Pad"),
  /** R17. */
  FLOAT_WEIGHT(
      "R17",
      WARNING,
      "the activation of an operator is quantized, its weight is not",
      "both are quantized"),
  /** R18. */
  FLOAT_ACTIVATION(
      "R18",
      WARNING,
      "the weight of an operator is quantized, its activation is not",
      "both are quantized, or neither"),
  /** R19. */
  GEMM_FACTORS(
      "R19",
      WARNING,
      "a quantized Gemm multiplies by alpha or beta",
      "both are 1, and part of the constants"),
  /** R20. */
  ACTIVATION_SCALE_PER_CHANNEL(
      "R20",
      ERROR,
      "the scale of an activation has more than one element",
      "activations have one scale"),
  /** R21. */
  PARAMETER_SHAPE(
      "R21",
      ERROR,
      "scale and zero point have shapes that do not fit",
      "rank 0 for one scale, rank 1 for one per channel, the same for both"),
  /** R22. */
  MISSING_ZERO_POINT(
      "R22",
      ERROR,
      "there is no zero point, which ONNX reads as uint8 and TensorRT as int8",
      "an explicit zero point"),
  /** R23. */
  ZERO_POINT_TYPE(
      "R23", ERROR, "the zero point is of another type than the codes", "both are of one type"),
  /** R24. */
  QUANTIZATION_AXIS(
      "R24",
      ERROR,
      "the axis is missing or does not fit the number of scales",
      "the axis is that of the operator's output channels"),
  /** R25. */
  INVALID_SCALE(
      "R25", ERROR, "a scale is 0, below 0 or not finite", "scales are finite and above 0"),
  /** R26. */
  SCALE_TYPE(
      "R26",
      ERROR,
      "the type of a scale does not fit its tensor at this opset",
      "the scale is of the type of the tensor"),
  /** R27. */
  COMPUTED_SCALE(
      "R27",
      ERROR,
      "a scale or zero point is computed while the model runs",
      "scales and zero points are constants"),
  /** R28. */
  INTEGER_OPERATOR(
      "R28",
      ERROR,
      "an operator that TensorRT does not know computes on codes",
      "DequantizeLinear, the float operator, QuantizeLinear"),
  /** R29. */
  UNSUPPORTED_CODES(
      "R29",
      ERROR,
      "the codes of an activation are of a type without INT8 kernels",
      "the codes are int8"),
  /** R30. */
  PAIR_AT_OUTPUT(
      "R30",
      WARNING,
      "a pair stands before an output of the graph",
      "the output is written as it is computed"),
  /** R31. */
  LOWEST_CODE(
      "R31", NOTE, "codes of a weight reach -128", "codes from -127, though TensorRT takes -128"),
  /** R32. */
  CONFLICTING_PAIR(
      "R32",
      ERROR,
      "the readers of a QuantizeLinear dequantize with other numbers than it quantizes with",
      "one scale and one zero point for all"),
  /** R33. */
  REPEATED_WEIGHT(
      "R33",
      NOTE,
      "a weight is dequantized once for each reader",
      "one DequantizeLinear, whose readers share it"),
  /** R34. */
  TRANSPOSED_CONVOLUTION_SCALES(
      "R34",
      WARNING,
      "the weight of a ConvTranspose has a scale per channel",
      "one scale, which every version of TensorRT computes rightly"),
  /** R35. */
  UNFOLDED_NORMALIZATION(
      "R35",
      WARNING,
      "a BatchNormalization follows a quantized convolution",
      "it is part of the convolution's scales and bias"),
  /** R36. */
  UNUSED_NODE(
      "R36",
      NOTE,
      "nothing depends on a node, or a pair quantizes a constant that is no weight",
      "neither is there"),
  /** R37. */
  ONE_SIDED_POOL(
      "R37",
      WARNING,
      "an average has a pair on one side only",
      "a pair on both sides, or on neither"),
  /** R38. */
  REPLACED_CLASSIFIER(
      "R38",
      NOTE,
      "a convolution of 1x1 on one pixel stands for a Gemm",
      "either computes the same"),
  /** L01. */
  FOREIGN_OPERATOR(
      "L01",
      ERROR,
      "an operator of another domain that TensorRT has no importer for",
      "operators of the standard domain"),
  /** L02. */
  OPERATOR_SET(
      "L02",
      ERROR,
      "the version of the standard operators is none that TensorRT reads",
      "version 9 to 24"),
  /** L03. */
  NOT_QUANTIZED("L03", NOTE, "nothing in the model is quantized", "a quantized model"),
  /** L04. */
  REPAIR_FAILED(
      "L04",
      ERROR,
      "the model could not be examined to the end",
      "a model whose nodes have the inputs and constants they need"),
  /** L05. */
  CUSTOM_OPERATOR(
      "L05",
      NOTE,
      "an operator of a domain nobody but its maker knows",
      "a TensorRT plugin of the name of the operator");

  private final String id;
  private final Severity severity;
  private final String title;
  private final String expectation;

  Defect(String id, Severity severity, String title, String expectation) {
    this.id = id;
    this.severity = severity;
    this.title = title;
    this.expectation = expectation;
  }

  /**
   * Returns the number of the rule that finds and mends defects of this kind.
   *
   * @return "R01" to "R38"; "L01" to "L05" for what the linter tells and no repair mends
   */
  public String id() {
    return id;
  }

  /**
   * Returns how much defects of this kind matter.
   *
   * @return the severity
   */
  public Severity severity() {
    return severity;
  }

  /**
   * Returns what is wrong.
   *
   * @return a clause
   */
  public String title() {
    return title;
  }

  /**
   * Returns what should be there.
   *
   * @return a clause
   */
  public String expectation() {
    return expectation;
  }
}
