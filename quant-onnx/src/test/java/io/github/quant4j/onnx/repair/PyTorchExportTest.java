/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
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

  @ParameterizedTest
  @MethodSource("names")
  void debug(String name) {
    OnnxModel repaired = QdqRepair.create().run(EXPORTS.model(name)).model();
    float[] unquantized = EXPORTS.floats(name + ".float.bin");
    System.out.printf(
        "DBG %-22s steps %.3f baseline %.3f torch %.2f dB repaired %.2f dB%n",
        name,
        steps(repaired, name), steps(QdqRepair.create().run(EXPORTS.model(name)).baseline(), name),
        ForeignModels.sqnr(EXPORTS.floats(name + ".bin"), unquantized),
        ForeignModels.sqnr(repaired, INPUT, unquantized));
  }

  /** A step is what PyTorch itself loses to rounding; one more code of difference is 1. */
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
  void run_symmetricExport_answersAsPyTorch(String name) {
    OnnxModel repaired = QdqRepair.create().run(EXPORTS.model(name)).model();
    assertThat(steps(repaired, name)).isLessThanOrEqualTo(1.001);
  }

  @ParameterizedTest
  @ValueSource(strings = {"symmetric", "symmetric-branches", "affine", "affine-branches"})
  void export_ofSignedCodes_isFarFromPyTorchAsItIs(String name) {
    assertThat(steps(EXPORTS.model(name), name)).isGreaterThan(40);
  }

  /**
   * The codes become symmetric, so the repaired model has its own, wider steps: twice as wide where
   * a zero point was at the end of its range, four times with fbgemm, which leaves half of the
   * codes unused.
   */
  @ParameterizedTest
  @CsvSource({
    "affine, 4",
    "affine-unfolded, 4",
    "affine-branches, 4",
    "unsigned-fbgemm, 4",
    "unsigned-x86, 4",
    "unsigned-qnnpack, 4",
    "unsigned-symmetric, 4"
  })
  void run_asymmetricExport_answersNearlyAsPyTorch(String name, double allowed) {
    OnnxModel repaired = QdqRepair.create().run(EXPORTS.model(name)).model();
    assertThat(steps(repaired, name)).isLessThanOrEqualTo(allowed);
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
    OnnxModel repaired = QdqRepair.create().run(EXPORTS.model(name)).model();
    List<Node> adds = repaired.graph().nodes().stream().filter(node -> node.is("Add")).toList();
    assertThat(adds).hasSize(name.endsWith("branches") || name.endsWith("x86") ? 0 : 2);
    for (Node add : adds) {
      assertThat(
              add.inputs().stream().map(value -> value.producer().orElseThrow().opType()).toList())
          .as(add.label())
          .containsExactlyInAnyOrder("Conv", "DequantizeLinear");
    }
  }

  /** The stem and the first block of a trained ResNet-18, and what torch.ops.quantized makes. */
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
    // python src/test/python/eager_prefix.py: 34 steps off as it is
    assertThat(ForeignModels.distance(export, input, expected) / scale).isGreaterThan(30);
    assertThat(ForeignModels.distance(repaired.model(), input, expected) / scale)
        .isLessThanOrEqualTo(allowed);
  }
}
