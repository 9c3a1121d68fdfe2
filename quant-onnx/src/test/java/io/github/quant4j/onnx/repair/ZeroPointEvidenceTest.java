/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.repair.ZeroPointEvidence.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZeroPointEvidenceTest {
  private final QdqGraph graph = new QdqGraph();
  private final String x = graph.input("x", 1, 4, 4, 4);

  private String pair(String name, String input, ElementType type, int zeroPoint) {
    return graph.pair(name, input, 0.02f, type, zeroPoint);
  }

  private String conv(String name, String input) {
    return graph.int8Conv(name, input, 4, 4, 1);
  }

  private String relu(String name, String input) {
    return graph.builder().relu(name, conv(name + ".conv", input));
  }

  private Verdict verdict(String output) {
    return ZeroPointEvidence.of(context(output)).verdict();
  }

  private Verdict verdictAfterCasts(String output) {
    RepairContext context = context(output);
    context.repaired(Defect.CAST_BETWEEN_QUANTIZERS, new Site("cast", "t"), "Cast", "removed");
    return ZeroPointEvidence.of(context).verdict();
  }

  private RepairContext context(String output) {
    return new RepairContext(graph.build(output), RepairOptions.defaults());
  }

  @Test
  void verdict_noUnsignedCodes_isAbsent() {
    assertThat(verdict(pair("b", relu("r", pair("a", x, INT8, 0)), INT8, 0)))
        .isEqualTo(Verdict.ABSENT);
  }

  @Test
  void verdict_symmetricEagerExport_isSigned() {
    String first = pair("b", relu("r", pair("a", x, INT8, 0)), UINT8, 0);

    assertThat(verdict(pair("c", conv("k", first), UINT8, 0))).isEqualTo(Verdict.SIGNED);
  }

  @Test
  void verdict_affineEagerExport_isSigned() {
    String first = pair("b", relu("r", pair("a", x, INT8, -7)), UINT8, 128);

    assertThat(verdict(pair("c", conv("k", first), UINT8, 249))).isEqualTo(Verdict.SIGNED);
  }

  @Test
  void verdict_eagerExportWithAFloatHead_isSignedForItsCasts() {
    String output = pair("b", relu("r", pair("a", x, INT8, 0)), UINT8, 0);

    assertThat(verdictAfterCasts(output)).isEqualTo(Verdict.SIGNED);
  }

  @Test
  void verdict_int8InputBesideRectifiedCodesFromZero_isSigned() {
    String output = pair("b", relu("r", pair("a", x, INT8, 0)), UINT8, 0);

    assertThat(verdict(output)).isEqualTo(Verdict.SIGNED);
  }

  @Test
  void verdict_genuineExportWithCasts_isUnsigned() {
    String first = pair("b", relu("r", pair("a", x, UINT8, 125)), UINT8, 0);

    assertThat(verdictAfterCasts(pair("c", conv("k", first), UINT8, 124)))
        .isEqualTo(Verdict.UNSIGNED);
  }

  @Test
  void verdict_int8InputBesideZeroBehindReluAndOthers_isUnsigned() {
    String first = pair("b", relu("r", pair("a", x, INT8, -7)), UINT8, 0);

    assertThat(verdict(pair("c", conv("k", first), UINT8, 120))).isEqualTo(Verdict.UNSIGNED);
  }

  @Test
  void verdict_int8InputBesideSymmetricUint8_isUnsigned() {
    String first = pair("b", relu("r", pair("a", x, INT8, 0)), UINT8, 128);

    assertThat(verdict(pair("c", conv("k", first), UINT8, 128))).isEqualTo(Verdict.UNSIGNED);
  }

  @Test
  void verdict_zerosOnAConvolutionBesideAKeptRelu_isSigned() {
    String first = pair("b", relu("r", pair("a", x, UINT8, 0)), UINT8, 0);

    assertThat(verdict(pair("c", conv("k", first), UINT8, 0))).isEqualTo(Verdict.SIGNED);
  }

  @Test
  void verdict_zerosOnConvolutionsWithoutAnyRelu_isSigned() {
    String first = pair("b", conv("k", pair("a", x, UINT8, 0)), UINT8, 0);

    assertThat(verdict(pair("c", conv("l", first), UINT8, 0))).isEqualTo(Verdict.SIGNED);
  }

  /** ONNX Runtime's quantizer drops a Relu whose work the zero point does. */
  @Test
  void verdict_zerosOnConvolutionsOfAToolThatDropsRelus_isUndecided() {
    graph.builder().model().setProducerName("onnx.quantize");
    String first = pair("b", conv("k", pair("a", x, UINT8, 0)), UINT8, 0);

    assertThat(verdict(pair("c", conv("l", first), UINT8, 0))).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void verdict_zerosOnNonNegativeTensorsOnly_isUndecided() {
    String first = pair("b", relu("r", pair("a", x, UINT8, 0)), UINT8, 0);
    String pooled = pair("c", graph.builder().maxPool("p", first), UINT8, 0);

    assertThat(verdict(pair("d", graph.builder().sum("s", pooled, pooled), UINT8, 0)))
        .isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void verdict_int8InsideBesideZerosOnNonNegativeTensors_isUndecided() {
    String first = pair("b", relu("r", pair("a", x, INT8, 0)), UINT8, 0);
    String second = pair("c", conv("k", first), INT8, 0);

    assertThat(verdict(pair("d", relu("q", second), UINT8, 0))).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void verdict_int8InsideBesideAZeroOnAConvolution_isUndecidedButForCasts() {
    String first = pair("b", relu("r", pair("a", x, INT8, 0)), UINT8, 0);
    String second = pair("c", conv("k", first), INT8, 0);
    String third = pair("d", conv("l", second), UINT8, 0);

    assertThat(verdict(third)).isEqualTo(Verdict.UNDECIDED);
    assertThat(verdictAfterCasts(third)).isEqualTo(Verdict.SIGNED);
  }

  @Test
  void verdict_int8InsideBesideAsymmetricUint8_isUnsigned() {
    String first = pair("b", relu("r", pair("a", x, INT8, 0)), UINT8, 3);

    assertThat(verdict(pair("c", conv("k", first), INT8, 0))).isEqualTo(Verdict.UNSIGNED);
  }

  @Test
  void verdict_weightBehindItsOwnPair_doesNotHideTheInput() {
    graph.builder().weight("w", 4, 4, 1, 1);
    String weight = graph.pair("w.dq", "w", 0.01f);
    String input = pair("a", graph.conv("stem", 1, x, weight), INT8, 0);
    String first = pair("b", relu("r", input), UINT8, 0);

    assertThat(verdict(pair("c", conv("k", first), UINT8, 0))).isEqualTo(Verdict.SIGNED);
  }

  @Test
  void unsigned_scalesThatDiffer_areLeftOut() {
    String codes = graph.quantize("a.q", x, 0.02f, UINT8, 3);
    graph.builder().output(graph.dequantize("a", codes, 0.03f, UINT8, 3));

    assertThat(ZeroPointEvidence.of(context("a.q")).unsigned()).isEqualTo(List.of());
  }

  @Test
  void verdict_findingsOtherThanCasts_areNoEvidence() {
    String first = pair("b", relu("r", pair("a", x, INT8, 0)), UINT8, 0);
    String second = pair("c", conv("k", first), INT8, 0);
    RepairContext context = context(pair("d", conv("l", second), UINT8, 0));
    context.repaired(Defect.HIDDEN_CONSTANT, new Site("n", "t"), "a node", "an initializer");

    assertThat(ZeroPointEvidence.of(context).verdict()).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void verdict_zerosOnPoolsOfTheInput_isUndecided() {
    String first = pair("a", x, UINT8, 0);

    assertThat(verdict(pair("b", graph.builder().maxPool("p", first), UINT8, 0)))
        .isEqualTo(Verdict.UNDECIDED);
  }

  /** Where that tool left a Relu, the zero point did not do its work. */
  @Test
  void verdict_zerosOfAToolThatDropsRelusBesideARelu_isSigned() {
    graph.builder().model().setProducerName("onnx.quantize");
    String first = pair("b", relu("r", pair("a", x, UINT8, 0)), UINT8, 0);

    assertThat(verdict(pair("c", conv("l", first), UINT8, 0))).isEqualTo(Verdict.SIGNED);
  }

  /** What is computed from dequantized activations is no input. */
  @Test
  void verdict_int8BehindUnsignedCodes_isNoInput() {
    String first = pair("a", x, UINT8, 0);

    assertThat(verdict(pair("b", conv("k", first), INT8, 0))).isEqualTo(Verdict.UNDECIDED);
  }
}
