/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import static java.util.Objects.requireNonNull;

/**
 * What codes a tensor gets: their type, how they lie around 0, which elements share a scale and
 * which codes are used. Immutable and thread-safe.
 *
 * <p>A spec says nothing of the scale itself; a {@link QuantizationProfile} chooses that from a
 * range.
 *
 * @param type the integer type of the codes
 * @param scheme how they lie around 0
 * @param granularity which elements share a scale
 * @param codeRange which codes are used
 */
public record QuantizationSpec(
    QuantizedType type, QuantizationScheme scheme, Granularity granularity, CodeRange codeRange) {

  /**
   * Symmetric int8 codes [-128, 127] per tensor, the form of activations that TensorRT takes. With
   * the TensorRT profile the scale is {@code absmax / 127}, so that -128 stands for values below
   * {@code -absmax}.
   */
  public static final QuantizationSpec INT8_ACTIVATION =
      new QuantizationSpec(
          QuantizedType.INT8,
          QuantizationScheme.SYMMETRIC,
          Granularity.perTensor(),
          CodeRange.FULL);

  /** Asymmetric uint8 codes [0, 255] per tensor, the usual form of activations on CPUs. */
  public static final QuantizationSpec UINT8_ACTIVATION =
      new QuantizationSpec(
          QuantizedType.UINT8,
          QuantizationScheme.ASYMMETRIC,
          Granularity.perTensor(),
          CodeRange.FULL);

  /** Symmetric int8 codes [-127, 127] per tensor, the form of weights without channels. */
  public static final QuantizationSpec INT8_WEIGHT =
      INT8_ACTIVATION.withCodeRange(CodeRange.NARROW);

  /**
   * Checks that nothing is missing.
   *
   * @param type the integer type of the codes
   * @param scheme how they lie around 0
   * @param granularity which elements share a scale
   * @param codeRange which codes are used
   */
  public QuantizationSpec {
    requireNonNull(type, "type");
    requireNonNull(scheme, "scheme");
    requireNonNull(granularity, "granularity");
    requireNonNull(codeRange, "codeRange");
  }

  /**
   * Returns symmetric int8 codes [-127, 127] per channel, the usual form of weights.
   *
   * @param axis the axis of the output channels, from 0
   * @return the spec
   * @throws IllegalArgumentException if the axis is negative
   */
  public static QuantizationSpec int8Weight(int axis) {
    return INT8_WEIGHT.withGranularity(Granularity.perAxis(axis));
  }

  /**
   * Returns symmetric int4 codes [-8, 7] per block, the usual form of weight-only quantization.
   *
   * @param axis the axis that is cut into blocks, from 0
   * @param blockSize how many neighbours on the axis share a scale, e.g. 128
   * @return the spec
   * @throws IllegalArgumentException if the axis is negative or the size below 1
   */
  public static QuantizationSpec int4Weight(int axis, int blockSize) {
    return INT8_ACTIVATION
        .withType(QuantizedType.INT4)
        .withGranularity(Granularity.perBlock(axis, blockSize));
  }

  /**
   * Returns this spec with another type.
   *
   * @param type the integer type of the codes
   * @return the changed copy
   */
  public QuantizationSpec withType(QuantizedType type) {
    return new QuantizationSpec(type, scheme, granularity, codeRange);
  }

  /**
   * Returns this spec with another scheme.
   *
   * @param scheme how the codes lie around 0
   * @return the changed copy
   */
  public QuantizationSpec withScheme(QuantizationScheme scheme) {
    return new QuantizationSpec(type, scheme, granularity, codeRange);
  }

  /**
   * Returns this spec with another granularity.
   *
   * @param granularity which elements share a scale
   * @return the changed copy
   */
  public QuantizationSpec withGranularity(Granularity granularity) {
    return new QuantizationSpec(type, scheme, granularity, codeRange);
  }

  /**
   * Returns this spec with another range of codes.
   *
   * @param codeRange which codes are used
   * @return the changed copy
   */
  public QuantizationSpec withCodeRange(CodeRange codeRange) {
    return new QuantizationSpec(type, scheme, granularity, codeRange);
  }

  /**
   * Returns whether the codes lie symmetrically around 0.
   *
   * @return true for {@link QuantizationScheme#SYMMETRIC}
   */
  public boolean isSymmetric() {
    return scheme == QuantizationScheme.SYMMETRIC;
  }

  /**
   * Returns the codes in use, by this library's own rule; see {@link QuantizationProfile#limits}
   * for the rules of others.
   *
   * @return the limits, within those of the type
   */
  public CodeLimits limits() {
    return codeRange.limits(type);
  }

  /**
   * Returns the smallest code in use.
   *
   * @return {@code limits().minimum()}
   */
  public int quantMin() {
    return limits().minimum();
  }

  /**
   * Returns the largest code in use.
   *
   * @return {@code limits().maximum()}
   */
  public int quantMax() {
    return limits().maximum();
  }
}
