/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.ModelBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommonAncestorTest {
  @ParameterizedTest
  @CsvSource({"2, 1, 0", "1, 2, 1", "3, 3, 1", "900, 1, 0", "1100, 1, 1", "1, 1100, 1"})
  void fartherOf_branchesOfOneTensor_isTheLongerOneAsFarAsItIsFollowed(
      int first, int second, int farther) {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.relu("start", builder.input("x", 1, 8));
    String left = chain(builder, "left", x, first);
    String right = chain(builder, "right", x, second);
    Graph graph = builder.output(builder.sum("join", left, right)).build().graph();

    assertThat(
            CommonAncestor.fartherOf(
                graph.value(left).orElseThrow(), graph.value(right).orElseThrow()))
        .isEqualTo(farther);
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "1, 2"})
  void fartherOf_branchesOfTwoInputs_isTheSecond(int first, int second) {
    ModelBuilder builder = ModelBuilder.create();
    String left = chain(builder, "left", builder.input("x", 1, 8), first);
    String right = chain(builder, "right", builder.input("y", 1, 8), second);
    Graph graph = builder.output(builder.sum("join", left, right)).build().graph();

    assertThat(
            CommonAncestor.fartherOf(
                graph.value(left).orElseThrow(), graph.value(right).orElseThrow()))
        .isEqualTo(1);
  }

  private static String chain(ModelBuilder builder, String name, String start, int length) {
    String end = start;
    for (int i = 0; i < length; i++) {
      end = builder.relu(name + i, end);
    }
    return end;
  }
}
