/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.qparams;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.observer.ValueRange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizationProfileGoldenTest {

  /*
   * Made with torch 2.13.0; arguments of the observers in the order of the lines:
   *   import torch; from torch.ao.quantization import MinMaxObserver as O
   *   A, S = torch.per_tensor_affine, torch.per_tensor_symmetric
   *   o = O(dtype=torch.quint8, qscheme=A)   # reduce_range=True; quant_min=-127, quant_max=127
   *   o(torch.tensor([-1, .25, 3])); s, z = o.calculate_qparams(); s.item(), z.item()
   */
  @ParameterizedTest
  @CsvSource({
    "UINT8, ASYMMETRIC, FULL,    0.01568627543747425,  64",
    "UINT8, ASYMMETRIC, REDUCED, 0.031496062874794006, 32",
    "UINT8, SYMMETRIC,  FULL,    0.0235294122248888,   128",
    "INT8,  ASYMMETRIC, FULL,    0.01568627543747425,  -64",
    "INT8,  ASYMMETRIC, REDUCED, 0.031496062874794006, -32",
    "INT8,  SYMMETRIC,  FULL,    0.0235294122248888,   0",
    "INT8,  SYMMETRIC,  REDUCED, 0.04724409431219101,  0",
    "INT8,  SYMMETRIC,  NARROW,  0.023622047156095505, 0",
    "UINT8, SYMMETRIC,  REDUCED, 0.04724409431219101,  63"
  })
  void torchParametersOfThreeValuesAreThoseOfPyTorch(
      QuantizedType type,
      QuantizationScheme scheme,
      CodeRange codeRange,
      double scale,
      int zeroPoint) {
    QuantizationParameters parameters =
        QuantizationProfile.TORCH.parameters(
            new ValueRange(-1, 3),
            new QuantizationSpec(type, scheme, Granularity.perTensor(), codeRange));

    assertThat((double) parameters.scale(0)).isEqualTo(scale);
    assertThat(parameters.zeroPoint(0)).isEqualTo(zeroPoint);
  }

  /*
   * Made with torch 2.13.0, ranges and parameters as printed by MinMaxObserver of [.5, 3] and
   * [-3, -.5], MovingAverageMinMaxObserver of [-1, 3], [-2, 5], [-.5, 1] and of values with
   * |v| < 1 before the others, and HistogramObserver of sets of ten thousand values.
   */
  @ParameterizedTest
  @CsvSource({
    "UINT8, ASYMMETRIC, FULL,    0.5, 3,                                   0.0117647061124444,   0",
    "UINT8, ASYMMETRIC, FULL,    -3, -0.5,                                 0.0117647061124444,   255",
    "UINT8, ASYMMETRIC, FULL,    -1.0048999786376953, 2.999799966812134,   0.015704704448580742, 64",
    "UINT8, ASYMMETRIC, FULL,    -1.0374853610992432, 1.03619384765625,    0.00813207495957613,  128",
    "UINT8, ASYMMETRIC, FULL,    -4.8935546875, 4.624927520751953,         0.03732738271355629,  131",
    "INT8,  ASYMMETRIC, FULL,    -4.8935546875, 4.624927520751953,         0.03732738271355629,  3",
    "INT8,  SYMMETRIC,  FULL,    -4.8935546875, 4.624927520751953,         0.03838082030415535,  0",
    "UINT8, ASYMMETRIC, REDUCED, -4.8935546875, 4.624927520751953,         0.07494867593050003,  65",
    "UINT8, ASYMMETRIC, FULL,    0, 4.623148441314697,                     0.018129993230104446, 0",
    "UINT8, ASYMMETRIC, FULL,    -4.8935546875, 39.97808074951172,         0.17596720159053802,  28",
    "INT8,  SYMMETRIC,  FULL,    -4.8935546875, 39.97808074951172,         0.3135535717010498,   0"
  })
  void torchParametersOfObservedRangesAreThoseOfPyTorch(
      QuantizedType type,
      QuantizationScheme scheme,
      CodeRange codeRange,
      double minimum,
      double maximum,
      double scale,
      int zeroPoint) {
    QuantizationParameters parameters =
        QuantizationProfile.TORCH.parameters(
            new ValueRange((float) minimum, (float) maximum),
            new QuantizationSpec(type, scheme, Granularity.perTensor(), codeRange));

    assertThat((double) parameters.scale(0)).isEqualTo(scale);
    assertThat(parameters.zeroPoint(0)).isEqualTo(zeroPoint);
  }

  /*
   * Made with torch 2.13.0:
   *   from torch.ao.quantization import PerChannelMinMaxObserver as O
   *   m = torch.tensor([[-1., 3], [0, 0], [-4, 2]])
   *   o = O(ch_axis=0, dtype=torch.qint8, qscheme=torch.per_channel_symmetric); o(m)
   *   p = O(ch_axis=1, dtype=torch.quint8, qscheme=torch.per_channel_affine); p(m)
   *   [x.tolist() for x in (*o.calculate_qparams(), *p.calculate_qparams())]
   */
  @Test
  void torchParametersPerChannelAreThoseOfPyTorch() {
    QuantizationParameters symmetric =
        QuantizationProfile.TORCH.parameters(
            List.of(new ValueRange(-1, 3), new ValueRange(0, 0), new ValueRange(-4, 2)),
            QuantizationSpec.INT8_ACTIVATION.withGranularity(Granularity.perAxis(0)));
    QuantizationParameters affine =
        QuantizationProfile.TORCH.parameters(
            List.of(new ValueRange(-4, 0), new ValueRange(0, 3)),
            QuantizationSpec.UINT8_ACTIVATION.withGranularity(Granularity.perAxis(1)));

    assertThat(symmetric)
        .isEqualTo(
            QuantizationParameters.perAxis(
                0,
                new float[] {
                  (float) 0.0235294122248888,
                  (float) 1.1920928955078125e-07,
                  (float) 0.0313725508749485
                },
                new int[3]));
    assertThat(affine)
        .isEqualTo(
            QuantizationParameters.perAxis(
                1,
                new float[] {(float) 0.01568627543747425, (float) 0.0117647061124444},
                new int[] {255, 0}));
  }

  /*
   * Made with onnxruntime 1.30.0:
   *   from onnxruntime.quantization.quant_utils import *
   *   low, high = get_qmin_qmax_for_qType(TensorProto.INT8, reduce_range=False, symmetric=True)
   *   compute_scale_zp(np.float32(-1), np.float32(3), low, high, True)
   */
  @ParameterizedTest
  @CsvSource({
    "UINT8, ASYMMETRIC, FULL,    0.015686275,    64",
    "UINT8, SYMMETRIC,  FULL,    0.023529412,    128",
    "INT8,  ASYMMETRIC, FULL,    0.015686275,    -64",
    "INT8,  SYMMETRIC,  FULL,    0.023622047,    0",
    "INT8,  SYMMETRIC,  REDUCED, 0.046875,       0",
    "UINT8, ASYMMETRIC, REDUCED, 0.031496063,    32",
    "INT16, SYMMETRIC,  FULL,    9.155552834e-05, 0"
  })
  void onnxRuntimeParametersOfThreeValuesAreThoseOfOnnxRuntime(
      QuantizedType type,
      QuantizationScheme scheme,
      CodeRange codeRange,
      float scale,
      int zeroPoint) {
    assertThat(
            QuantizationProfile.ONNXRUNTIME.parameters(
                new ValueRange(-1, 3),
                new QuantizationSpec(type, scheme, Granularity.perTensor(), codeRange)))
        .isEqualTo(QuantizationParameters.perTensor(scale, zeroPoint));
  }

  /*
   * Made with Python 3.11 and numpy 2.4.6 from the formulas of PPQ and Model Optimizer:
   *   f = np.float32; d = np.float64
   *   f(2 * 3.0 / 255), f(2 * 3.0 / 254), f(2 * 3.0 / 15), f(max(0 / 255, 1e-8))
   *   f(4.0 / 255), round(1.0 / (4.0 / 255))
   *   f(3) / f(127), f(3) / f(7), f(6) / f(255)
   */
  @ParameterizedTest
  @CsvSource({
    "PPQ,      INT8,  SYMMETRIC,  FULL,   -1, 3, 0.023529412,  0",
    "PPQ,      INT8,  SYMMETRIC,  NARROW, -1, 3, 0.023622047,  0",
    "PPQ,      UINT4, SYMMETRIC,  FULL,   -1, 3, 0.4,          0",
    "PPQ,      INT8,  SYMMETRIC,  FULL,   0,  0, 1e-8,         0",
    "PPQ,      UINT8, ASYMMETRIC, FULL,   -1, 3, 0.015686275,  64",
    "MODELOPT, INT8,  SYMMETRIC,  FULL,   -1, 3, 0.023622047,  0",
    "MODELOPT, INT8,  SYMMETRIC,  NARROW, -1, 3, 0.023622047,  0",
    "MODELOPT, INT4,  SYMMETRIC,  FULL,   -1, 3, 0.42857143,   0",
    "MODELOPT, UINT8, SYMMETRIC,  FULL,   0,  6, 0.023529412,  0"
  })
  void otherParametersAreThoseOfTheirFormulas(
      QuantizationProfile profile,
      QuantizedType type,
      QuantizationScheme scheme,
      CodeRange codeRange,
      float minimum,
      float maximum,
      float scale,
      int zeroPoint) {
    assertThat(
            profile.parameters(
                new ValueRange(minimum, maximum),
                new QuantizationSpec(type, scheme, Granularity.perTensor(), codeRange)))
        .isEqualTo(QuantizationParameters.perTensor(scale, zeroPoint));
  }

  /* python src/test/python/golden_parameters.py | gzip -9n > src/test/resources/golden/parameters.csv.gz */
  @Test
  void parametersOfManyRangesAreThoseOfPyTorchAndOnnxRuntimeBitByBit() throws IOException {
    List<String> lines = lines();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      QuantizationParameters parameters =
          QuantizationProfile.valueOf(cells[0])
              .parameters(
                  new ValueRange(ofBits(cells[4]), ofBits(cells[5])),
                  new QuantizationSpec(
                      QuantizedType.valueOf(cells[1]),
                      QuantizationScheme.valueOf(cells[2]),
                      Granularity.perTensor(),
                      CodeRange.valueOf(cells[3])));

      assertThat(parameters)
          .as(line)
          .isEqualTo(
              QuantizationParameters.perTensor(ofBits(cells[6]), Integer.parseInt(cells[7])));
    }
    assertThat(lines).hasSizeGreaterThan(2_000);
  }

  private static float ofBits(String hexadecimal) {
    return Float.intBitsToFloat(Integer.parseUnsignedInt(hexadecimal, 16));
  }

  private static List<String> lines() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(
                        QuantizationProfileGoldenTest.class.getResourceAsStream(
                            "/golden/parameters.csv.gz"))),
                StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }
}
