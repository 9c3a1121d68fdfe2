/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models that PyTorch quantized in eager mode, against PyTorch's own quantized answers.
 *
 * <p>Distances are in steps of the scale of PyTorch's output. Python figures: {@code python
 * src/test/python/eager_exports.py src/test/resources/eager}.
 */
class PyTorchExportTest {
  private static final ForeignModels EXPORTS = new ForeignModels("eager");
  private static final Tensor INPUT = EXPORTS.batch("input.bin", 3, 8);

  private static Stream<String> names() {
    return EXPORTS.lines("index.csv").stream().skip(1).map(line -> line.split(",", -1)[0]);
  }

  private static double steps(OnnxModel model, String name) {
    double scale =
        EXPORTS.lines("index.csv").stream()
            .map(line -> line.split(",", -1))
            .filter(cells -> cells[0].equals(name))
            .mapToDouble(cells -> Double.parseDouble(cells[4]))
            .findFirst()
            .orElseThrow();
    return ForeignModels.distance(model, INPUT, EXPORTS.floats(name + ".bin")) / scale;
  }

  /** With all pairs where PyTorch has them, at most a code of the output is another. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "symmetric",
        "symmetric-channels",
        "symmetric-unfolded",
        "symmetric-no-bias",
        "symmetric-unfused",
        "symmetric-branches"
      })
  void run_symmetricExport_baselineAnswersAsPyTorch(String name) {
    OnnxModel baseline = QdqRepair.create().run(EXPORTS.model(name)).baseline();
    assertThat(steps(baseline, name)).isLessThanOrEqualTo(1.001);
  }

  @ParameterizedTest
  @ValueSource(strings = {"symmetric", "symmetric-branches", "affine", "affine-branches"})
  void export_ofSignedCodes_isFarFromPyTorchAsItIs(String name) {
    assertThat(steps(EXPORTS.model(name), name)).isGreaterThan(40);
  }

  /**
   * Against the float model the repaired one is as good as PyTorch's, or better, for residual sums
   * and the output are no longer rounded; that alone is a step or two of difference. Where codes
   * were asymmetric it has wider steps, up to twice as wide where a zero point was at the end of
   * its range. With fbgemm, which uses half of the codes only, symmetric ones are a quarter, at
   * most 6 dB less.
   */
  @ParameterizedTest
  @CsvSource({
    "symmetric, 0.2",
    "symmetric-channels, 0",
    "symmetric-unfolded, 0",
    "symmetric-no-bias, 0",
    "symmetric-unfused, 0",
    "symmetric-branches, 0",
    "affine, 0",
    "affine-unfolded, 0",
    "affine-branches, 2.5",
    "unsigned-fbgemm, 4.5",
    "unsigned-x86, 2.5",
    "unsigned-qnnpack, 1",
    "unsigned-symmetric, 0"
  })
  void run_anyExport_isAsCloseToTheFloatModelAsPyTorch(String name, double lostDecibels) {
    float[] unquantized = EXPORTS.floats(name + ".float.bin");
    double pyTorch = ForeignModels.sqnr(EXPORTS.floats(name + ".bin"), unquantized);
    OnnxModel repaired = QdqRepair.create().run(EXPORTS.model(name)).model();
    assertThat(ForeignModels.sqnr(repaired, INPUT, unquantized))
        .isGreaterThanOrEqualTo(pyTorch - lostDecibels);
  }

  @ParameterizedTest
  @MethodSource("names")
  void run_anyExport_leavesSymmetricInt8PairsOnly(String name) {
    OnnxModel export = EXPORTS.model(name);
    Census before = Census.of(export.graph());
    assertThat(before.count("Cast")).isPositive();
    assertThat(before.count("DequantizeLinear uint8")).isPositive();
    assertThat(before.count("DequantizeLinear int32")).isPositive();
    ForeignModels.assertFitForTensorRt(QdqRepair.create().run(export));
  }

  @ParameterizedTest
  @MethodSource("names")
  void run_repairedExport_changesNothing(String name) {
    ForeignModels.assertNothingIsLeft(QdqRepair.create().run(EXPORTS.model(name)));
  }

  @ParameterizedTest
  @MethodSource("names")
  void run_residualExport_addReadsAConvolutionAndAPair(String name) {
    RepairedModel repaired = QdqRepair.create().run(EXPORTS.model(name));
    boolean isResidual = !name.endsWith("branches") && !name.endsWith("x86");
    ForeignModels.assertAddsReadAConvolutionAndAPair(repaired, isResidual ? 2 : 0);
  }

  /**
   * The stem and first block of a trained ResNet-18, narrowed, and what torch.ops.quantized makes.
   */
  @ParameterizedTest
  @CsvSource("0.13113618, 1.001")
  void run_prefixOfResNet18_answersAsPyTorch(float scale, double allowed) {
    byte[] codes = EXPORTS.bytes("resnet18-prefix.bin.gz");
    float[] expected = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      expected[i] = codes[i] * scale;
    }
    OnnxModel export = EXPORTS.model("resnet18-prefix");
    Tensor input = EXPORTS.batch("resnet18-prefix-input.bin", 1, 10);
    RepairedModel repaired = QdqRepair.create().run(export);
    ForeignModels.assertFitForTensorRt(repaired);
    ForeignModels.assertNothingIsLeft(repaired);
    ForeignModels.assertAddsReadAConvolutionAndAPair(repaired, 1);
    // python src/test/python/eager_prefix.py: 11 steps off as it is
    assertThat(ForeignModels.distance(export, input, expected) / scale).isGreaterThan(10);
    assertThat(ForeignModels.distance(repaired.model(), input, expected) / scale)
        .isLessThanOrEqualTo(allowed);
  }
}
