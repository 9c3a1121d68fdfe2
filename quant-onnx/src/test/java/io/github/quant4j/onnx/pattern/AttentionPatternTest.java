/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AttentionPatternTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final Formulas f = new Formulas(builder);
  private final String q = builder.input("q", "n", 12, 196, 64);
  private final String k = builder.input("k", "n", 12, 100, 64);
  private final String v = builder.input("v", "n", 12, 100, 64);
  private final String kt = f.transposed(k, 0, 1, 3, 2);

  /** What stands between the scores and the second product. */
  interface Form {
    String write(Formulas f, String scores, String mask);
  }

  private List<AttentionPattern> found() {
    return Patterns.of(builder).patterns(AttentionPattern.class);
  }

  static Stream<Form> forms() {
    return Stream.of(
        (f, scores, mask) -> f.softmax(scores),
        (f, scores, mask) -> f.softmax(f.div(scores, f.number(8))),
        (f, scores, mask) -> f.softmax(f.mul(f.number(0.125), scores)),
        (f, scores, mask) -> f.softmax(f.add(f.div(scores, f.number(8)), mask)),
        (f, scores, mask) -> f.softmax(f.add(mask, f.mul(scores, f.number(0.125)))),
        (f, scores, mask) -> f.softmax(f.mul(f.add(scores, mask), f.number(0.125))),
        (f, scores, mask) ->
            f.softmax(f.op("Where", List.of(mask, f.number(-1e9), f.div(scores, f.number(8))))),
        (f, scores, mask) ->
            f.softmax(f.op("Where", List.of(mask, f.div(scores, f.number(8)), f.number(-1e9)))),
        (f, scores, mask) -> {
          String scaled = f.div(scores, f.number(8));
          String matrix = f.op("Flatten", List.of(scaled), ModelBuilder.integer("axis", 3));
          return f.op("Reshape", List.of(f.softmax(matrix), f.op("Shape", scaled)));
        },
        (f, scores, mask) ->
            f.op("Cast", List.of(f.softmax(scores)), ModelBuilder.integer("to", 1)));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void of_everyForm_isFoundWithItsProducts(Form form) {
    String scores = f.matMul(q, kt);
    String mask = builder.input("mask", "n", 1, 1, 100);
    String probabilities = form.write(f, scores, mask);
    String context = f.matMul(probabilities, v);
    builder.output(context);

    assertThat(found()).hasSize(1);
    AttentionPattern attention = found().get(0);
    assertThat(attention.kind()).isEqualTo("Attention");
    assertThat(attention.scoreProduct().name()).isEqualTo(scores);
    assertThat(attention.contextProduct().name()).isEqualTo(context);
    assertThat(attention.output().name()).isEqualTo(context);
    assertThat(attention.probabilities().name()).isEqualTo(probabilities);
    assertThat(attention.inputs()).extracting(Object::toString).containsExactly(q, kt, v);
    assertThat(attention.sizes())
        .isEqualTo(
            new AttentionPattern.Sizes(
                OptionalLong.of(64), OptionalLong.of(196), OptionalLong.of(100)));
  }

  @Test
  void of_scaleOnBothOperands_isFound() {
    String scale = f.number(0.35355339);
    String scores = f.matMul(f.mul(q, scale), f.mul(kt, scale));
    builder.output(f.matMul(f.softmax(scores), v));

    assertThat(found()).hasSize(1);
  }

  /** As exported where the head size is read off a tensor. */
  @Test
  void of_scaleComputedFromShapes_isFound() {
    String size = f.op("Gather", List.of(f.op("Shape", q), builder.longs("last", 3)));
    String head = f.op("Cast", List.of(size), ModelBuilder.integer("to", 1));
    String scale = f.op("Sqrt", f.div(f.number(1), head));
    builder.output(f.matMul(f.softmax(f.mul(f.matMul(q, kt), scale)), v));

    assertThat(found()).hasSize(1);
  }

  @Test
  void of_scoresTimesATensor_findsNothing() {
    String factor = builder.input("factor", "n", 12, 196, 100);
    builder.output(f.matMul(f.softmax(f.mul(f.matMul(q, kt), factor)), v));

    assertThat(found()).isEmpty();
  }

  @Test
  void of_probabilitiesReadOutside_findsNothing() {
    String probabilities = f.softmax(f.matMul(q, kt));
    builder.output(f.matMul(probabilities, v)).output(probabilities);

    assertThat(found()).isEmpty();
  }

  @Test
  void of_scoresReadOutside_findsNothing() {
    String scores = f.matMul(q, kt);
    builder.output(f.matMul(f.softmax(scores), v)).output(f.op("Relu", scores));

    assertThat(found()).isEmpty();
  }

  @Test
  void of_probabilitiesAsSecondOperand_findsNothing() {
    String scores = f.softmax(f.matMul(q, kt));
    builder.output(f.matMul(v, scores));

    assertThat(found()).isEmpty();
  }

  @Test
  void of_classifierHead_findsNothing() {
    builder.weight("W", 64, 10);
    builder.output(f.softmax(f.matMul(q, "W")));

    assertThat(found()).isEmpty();
  }

  @Test
  void of_constantKeys_findsNothing() {
    builder.weight("W", 64, 100);
    builder.output(f.matMul(f.softmax(f.matMul(q, "W")), v));

    assertThat(found()).isEmpty();
  }

  @Test
  void of_unknownSizes_areEmpty() {
    String a = builder.input("a", "n", 12, "s", "d");
    builder.output(f.matMul(f.softmax(f.matMul(a, f.transposed(a, 0, 1, 3, 2))), a));

    assertThat(found().get(0).sizes())
        .isEqualTo(
            new AttentionPattern.Sizes(
                OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty()));
  }

  @Test
  void of_valuesOfAnotherSize_haveNoHeadSize() {
    String w = builder.input("w", "n", 12, 100, 32);
    builder.output(f.matMul(f.softmax(f.matMul(q, kt)), w));

    assertThat(found().get(0).sizes().head()).isEmpty();
  }
}
