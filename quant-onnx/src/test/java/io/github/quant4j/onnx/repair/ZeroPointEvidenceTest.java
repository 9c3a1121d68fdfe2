/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.repair.ZeroPointEvidence.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private String chain(String pairs) {
    String last = x;
    for (String pair : pairs.split(", ", -1)) {
      String[] words = pair.split(" ", -1);
      String name = "n" + graph.builder().graph().getNodeCount();
      if (words.length == 3) {
        last = words[0].equals("relu") ? relu(name, last) : conv(name, last);
      }
      ElementType type = words[words.length - 2].equals("int8") ? INT8 : UINT8;
      last = pair(name + ".dq", last, type, Integer.parseInt(words[words.length - 1]));
    }
    return last;
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

  /** Each pair stands behind what is named before its type; the first one quantizes the input. */
  @ParameterizedTest(name = "{0}: {1} is {2}, behind Casts {3}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          no unsigned codes          | int8 0, relu int8 0                  | ABSENT    | -
          symmetric eager export     | int8 0, relu uint8 0, conv uint8 0   | SIGNED    | -
          affine eager export        | int8 -7, relu uint8 128, conv uint8 249 | SIGNED | -
          eager, with a float head   | int8 0, relu uint8 0                 | UNDECIDED | SIGNED
          genuine export with Casts  | uint8 125, relu uint8 0, conv uint8 124 | UNSIGNED | UNSIGNED
          0 behind Relu beside more  | int8 -7, relu uint8 0, conv uint8 120 | UNSIGNED | -
          symmetric uint8            | int8 0, relu uint8 128, conv uint8 128 | UNSIGNED | -
          Conv beside a kept Relu    | uint8 0, relu uint8 0, conv uint8 0  | SIGNED    | -
          Convs without any Relu     | uint8 0, conv uint8 0, conv uint8 0  | SIGNED    | -
          int8 inside, Relu | int8 0, relu uint8 0, conv int8 0, relu uint8 0 | UNDECIDED | -
          int8 inside, Conv | int8 0, relu uint8 0, conv int8 0, conv uint8 0 | UNDECIDED | SIGNED
          int8 inside, beside 3      | int8 0, relu uint8 3, conv int8 0    | UNSIGNED  | -
          """)
  void verdict_chainOfPairs_isTheStated(
      String name, String pairs, Verdict alone, @Nullable Verdict afterCasts) {
    String output = chain(pairs);

    assertThat(verdict(output)).as(name).isEqualTo(alone);
    if (afterCasts != null) {
      assertThat(verdictAfterCasts(output)).as(name).isEqualTo(afterCasts);
    }
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
