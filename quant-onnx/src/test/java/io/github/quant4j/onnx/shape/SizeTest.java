/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Dimension;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SizeTest {
  private static final Size H = Size.named("h");
  private static final Size W = Size.named("w");

  @Test
  void plus_inAnyOrder_isTheSame() {
    assertThat(H.plus(W).plus(3)).isEqualTo(Size.of(3).plus(W).plus(H)).hasToString("h + w + 3");
    assertThat(H.plus(W).minus(H)).isEqualTo(W);
    assertThat(H.plus(-1)).hasToString("h - 1");
  }

  @Test
  void times_inAnyOrder_isTheSame() {
    assertThat(W.times(H.plus(2))).isEqualTo(H.plus(2).times(W)).hasToString("h*w + 2*w");
  }

  @Test
  void floorDivide_ofMultiples_takesThemOut() {
    assertThat(H.times(Size.of(4)).plus(W).plus(7).floorDivide(4))
        .hasToString("floor((w + 3)/4) + h + 1");
    assertThat(H.times(Size.of(2)).plus(3).floorDivide(4)).hasToString("floor((h + 1)/2)");
  }

  @Test
  void floorDivide_twice_isOneDivision() {
    Size twice = H.plus(1).floorDivide(2).plus(1).floorDivide(2);

    assertThat(twice).isEqualTo(H.plus(3).floorDivide(4)).hasToString("floor((h + 3)/4)");
  }

  @Test
  void arithmetic_randomFormulas_evaluateAsNumbersDo() {
    for (long seed = 0; seed < 3000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      long h = random.nextInt(1, 60);
      long w = random.nextInt(1, 60);
      Size formula = H;
      long number = h;
      for (int i = 0; i < 6; i++) {
        long k = random.nextInt(1, 7);
        switch (random.nextInt(6)) {
          case 0 -> {
            formula = formula.plus(k - 3);
            number += k - 3;
          }
          case 1 -> {
            formula = formula.times(Size.of(k));
            number *= k;
          }
          case 2 -> {
            formula = formula.plus(W);
            number += w;
          }
          case 3 -> {
            formula = formula.minus(W.times(Size.of(k)));
            number -= w * k;
          }
          default -> {
            formula = formula.floorDivide(k);
            number = Math.floorDiv(number, k);
          }
        }
      }
      assertThat(ShapeOracle.evaluate(formula, Map.of("h", h, "w", w)))
          .as("seed %s, %s", seed, formula)
          .hasValue(number);
    }
  }

  @Test
  void divideExactly_byProductOfItsFactors_leavesTheRest() {
    Size volume = H.times(W).times(Size.of(12));

    assertThat(volume.divideExactly(W.times(Size.of(4)))).hasToString("3*h");
    assertThat(volume.divideExactly(H.plus(1))).isEqualTo(Size.UNKNOWN);
    assertThat(volume.divideExactly(Size.of(5))).isEqualTo(Size.UNKNOWN);
    assertThat(H.plus(1).divideExactly(H.plus(1))).isEqualTo(Size.ONE);
  }

  @Test
  void arithmetic_beyondLong_isUnknown() {
    Size huge = Size.of(Long.MAX_VALUE);

    assertThat(huge.plus(1)).isEqualTo(Size.UNKNOWN);
    assertThat(huge.times(Size.of(2))).isEqualTo(Size.UNKNOWN);
    assertThat(H.times(huge).times(Size.of(2))).isEqualTo(Size.UNKNOWN);
    assertThat(Size.of(Long.MIN_VALUE).plus(-1)).isEqualTo(Size.UNKNOWN);
  }

  @Test
  void arithmetic_withUnknown_isUnknown() {
    assertThat(Size.UNKNOWN.plus(1)).isEqualTo(Size.UNKNOWN);
    assertThat(Size.ZERO.times(Size.UNKNOWN)).isEqualTo(Size.UNKNOWN);
    assertThat(Size.UNKNOWN.floorDivide(2)).isEqualTo(Size.UNKNOWN);
    assertThat(Size.UNKNOWN.divideExactly(Size.UNKNOWN)).isEqualTo(Size.UNKNOWN);
    assertThat(Size.function("f", H, Size.UNKNOWN)).isEqualTo(Size.UNKNOWN);
    assertThat(Size.UNKNOWN.isNonNegative()).isFalse();
    assertThat(Size.UNKNOWN).hasToString("?");
  }

  @Test
  void arithmetic_formulaThatGrows_endsUnknown() {
    Size formula = H;
    for (int i = 0; i < 100; i++) {
      formula = Size.function("f", formula, formula);
    }

    assertThat(formula).isEqualTo(Size.UNKNOWN);
  }

  @Test
  void isNonNegative_differences_areNotCertain() {
    assertThat(H.plus(W).isNonNegative()).isTrue();
    assertThat(H.floorDivide(2).isNonNegative()).isTrue();
    assertThat(H.minus(W).isNonNegative()).isFalse();
    assertThat(H.minus(W).floorDivide(2).isNonNegative()).isFalse();
    assertThat(H.plus(-1).isNonNegative()).isFalse();
  }

  @Test
  void toDimension_numberNameOrNothing_saysSo() {
    Size unnamed = Size.of(new Atom(Atom.Kind.AXIS, "x", 2, List.of()));

    assertThat(Size.of(5).toDimension()).isEqualTo(Dimension.of(5));
    assertThat(H.toDimension()).isEqualTo(new Dimension.Symbolic("h"));
    assertThat(H.plus(1).floorDivide(2).toDimension()).hasToString("floor((h + 1)/2)");
    assertThat(unnamed.toDimension()).isEqualTo(Dimension.unknown());
    assertThat(unnamed.plus(1).floorDivide(2).toDimension()).isEqualTo(Dimension.unknown());
    assertThat(Size.of(-1).toDimension()).isEqualTo(Dimension.unknown());
    assertThat(Size.of(-1).fixed()).isEqualTo(OptionalLong.of(-1));
  }
}
