/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.observer.ValueRange;
import java.util.List;

/**
 * The conventions by which a range becomes a scale and a zero point, each named after the system
 * whose numbers it reproduces.
 *
 * <p>Systems agree that a code {@code q} stands for {@code (q - zeroPoint) * scale}, and differ in
 * the codes they use, in the divisor, in what becomes of a range around 0, and in the width of the
 * arithmetic. With the range [-1, 3], int8 and symmetric codes:
 *
 * <ul>
 *   <li>{@link #TENSORRT}, {@link #ONNXRUNTIME} and {@link #MODELOPT}: {@code 3 / 127}
 *   <li>{@link #TORCH} and {@link #PPQ}: {@code 3 / 127.5}
 * </ul>
 *
 * <p>Every profile widens a range to hold 0, so that 0 has an exact code; padding depends on that.
 * Ranges are finite, see {@link ValueRange}. Scales are finite and above 0. A combination that a
 * system cannot express is refused, never approximated.
 *
 * <p>Cost: constant per range. Immutable and thread-safe.
 *
 * <p>Source: each constant names its own.
 */
public enum QuantizationProfile {

  /**
   * NVIDIA TensorRT, the default of this library.
   *
   * <p>Symmetric: {@code scale = absmax / (quantMax - zeroPoint)} in float32, zero point 0 for
   * signed types and the middle code, e.g. 128, for unsigned ones; int8 thus divides by 127, with
   * or without the code -128. Asymmetric, which TensorRT itself does not take, for other runtimes:
   * {@code scale = (M - m) / (quantMax - quantMin)} and {@code zeroPoint = rint(quantMin - m /
   * scale)} in double, with {@code m = min(minimum, 0)} and {@code M = max(maximum, 0)}.
   *
   * <ul>
   *   <li>{@code absmax = 0}: scale 1. An all-zero channel takes the smallest scale of the channels
   *       that are not all zero, so that it does not stand out; 1 when there is none.
   *   <li>A scale below {@link Float#MIN_NORMAL} (1.17549435e-38) is raised to it, because runtimes
   *       may flush subnormal scales to zero.
   *   <li>Codes: those of {@link QuantizationSpec#limits}.
   * </ul>
   *
   * <p>Source: NVIDIA TensorRT developer guide, "Working with quantized types".
   */
  TENSORRT(new TensorRtRule()),

  /**
   * PyTorch, {@code torch.ao.quantization} observers.
   *
   * <p>Symmetric: {@code scale = absmax / ((quantMax - quantMin) / 2)}, zero point 0 for signed
   * types, 128 for uint8, 32768 for uint16; int8 thus divides by 127.5, and by 127 with {@link
   * CodeRange#NARROW}. Asymmetric: {@code scale = (M - m) / (quantMax - quantMin)} and {@code
   * zeroPoint = clamp(quantMin - rint(m / scale))}. All in float32.
   *
   * <ul>
   *   <li>A scale below the float32 epsilon 1.1920929e-7 is raised to it, that of an all-zero
   *       tensor too.
   *   <li>Codes: those of {@link QuantizationSpec#limits}. Narrow and reduced ones are a customized
   *       range in PyTorch; with such, the symmetric zero point of uint8 is {@code (quantMin +
   *       quantMax) / 2} rounded down, e.g. 63 of [0, 127].
   *   <li>Symmetric uint4 has the zero point 0, so that no negative number has a code.
   *   <li>Refused: symmetric reduced uint16, whose zero point 32768 is no code.
   *   <li>Refused: a range whose float32 width is infinite.
   * </ul>
   *
   * <p>Source: {@code UniformQuantizationObserverBase._calculate_qparams} of PyTorch 2.13.
   */
  TORCH(new TorchRule()),

  /**
   * ONNX Runtime, {@code onnxruntime.quantization}.
   *
   * <p>{@code scale = float((M - m) / (quantMax - quantMin))} with {@code M = -m = absmax} when
   * symmetric; {@code zeroPoint = rint((quantMin + quantMax) / 2)} when symmetric, else {@code
   * rint(quantMin - m / scale)} with the scale before rounding. The width {@code M - m} is rounded
   * to float32, all else is double.
   *
   * <ul>
   *   <li>A scale below {@link Float#MIN_NORMAL}, that of an all-zero tensor too, becomes 1 with
   *       zero point 0.
   *   <li>Codes: symmetric int8 and int16 are always narrow, e.g. [-127, 127]; reduced ones are
   *       [-64, 64], [-16384, 16384] and [-4, 3] of int8, int16 and int4.
   *   <li>Int32, and narrow codes of other types, which ONNX Runtime does not have, follow the same
   *       formula.
   *   <li>Refused: a range whose float32 width, {@code 2 * absmax} when symmetric, is infinite.
   * </ul>
   *
   * <p>Source: {@code compute_scale_zp} and {@code get_qmin_qmax_for_qType} of ONNX Runtime 1.30.
   */
  ONNXRUNTIME(new OnnxRuntimeRule()),

  /**
   * NVIDIA Model Optimizer, PyTorch quantizers as exported to ONNX.
   *
   * <p>{@code scale = absmax / quantMax} in float32, zero point 0. {@code absmax = 0}, or a
   * quotient that rounds to 0, gives scale 1.
   *
   * <ul>
   *   <li>Codes: those of {@link QuantizationSpec#limits}; reduced ones are those of one bit less.
   *   <li>Unsigned types use the whole range for numbers from 0 on, e.g. {@code absmax / 255}.
   *   <li>Refused: asymmetric codes, and a range below 0 with an unsigned type.
   * </ul>
   *
   * <p>Source: {@code export_int8} and {@code _tensor_quant} of Model Optimizer 0.40.
   */
  MODELOPT(new ModelOptRule()),

  /**
   * OpenPPL PPQ.
   *
   * <p>Symmetric: {@code scale = 2 * absmax / (quantMax - quantMin)}, zero point 0; int8 thus
   * divides by 127.5, and by 127 with {@link CodeRange#NARROW}. Asymmetric: {@code scale = (M - m)
   * / (quantMax - quantMin)} and {@code zeroPoint = rint(-m / scale)}. In double and rounded to
   * float32 at the end; per channel the width {@code M - m} is rounded to float32 before.
   *
   * <ul>
   *   <li>A scale below 1e-8 is raised to it, that of an all-zero tensor too.
   *   <li>Codes: those of {@link QuantizationSpec#limits}.
   *   <li>Symmetric unsigned codes have the zero point 0, so that no negative number has a code.
   *   <li>Refused: asymmetric signed codes, because the zero point is counted from code 0; a
   *       channel whose float32 width is infinite.
   * </ul>
   *
   * <p>Source: {@code minmax_to_scale_offset} of PPQ 0.6.6.
   */
  PPQ(new PpqRule());

  @SuppressWarnings("ImmutableEnumChecker") // rules have no state
  private final ParameterRule rule;

  QuantizationProfile(ParameterRule rule) {
    this.rule = rule;
  }

  /**
   * Returns the codes that this system uses for a spec.
   *
   * @param spec the spec
   * @return the limits, within those of the type
   */
  public CodeLimits limits(QuantizationSpec spec) {
    return rule.limits(spec);
  }

  /**
   * Returns the parameters of one range.
   *
   * @param range the range of the values, widened to hold 0 where it does not
   * @param spec type, scheme and codes; its granularity is left out of account, one range gives one
   *     scale
   * @return parameters for the whole tensor
   * @throws IllegalArgumentException if this system cannot express the spec for this range
   */
  public QuantizationParameters parameters(ValueRange range, QuantizationSpec spec) {
    requireNonNull(range, "range");
    rule.requireSupported(spec);
    return rule.parameters(range, spec);
  }

  /**
   * Returns the parameters of the ranges of all channels or blocks.
   *
   * @param ranges the range of every channel, or of every block in row-major order; at least one
   * @param spec the spec, of a granularity per axis or per block
   * @return parameters of the spec's granularity
   * @throws IllegalArgumentException if there is no range, if the granularity is per tensor, or if
   *     this system cannot express the spec for a range
   */
  public QuantizationParameters parameters(List<ValueRange> ranges, QuantizationSpec spec) {
    rule.requireSupported(spec);
    if (ranges.isEmpty() || spec.granularity() instanceof Granularity.PerTensor) {
      throw new IllegalArgumentException(
          "found %s ranges with granularity %s, expected at least one range and a granularity per axis or per block"
              .formatted(ranges.size(), spec.granularity()));
    }
    return rule.parameters(List.copyOf(ranges), spec);
  }
}
