/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.histogram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.SeededFloats;
import org.junit.jupiter.api.Test;

class BinWidthTest {

  @Test
  void coveringIsTheSmallestWidthOfLessThan4096Bins() {
    for (long seed = 0; seed < 20; seed++) {
      for (float value : SeededFloats.of(seed).anyBits(200)) {
        if (Float.isFinite(value)) {
          assertThat(BinWidth.covering(Math.abs(value)).exponent())
              .as("seed %d value %s", seed, value)
              .isEqualTo(NaiveHistogram.exponent(Math.abs(value)));
        }
      }
    }
  }

  @Test
  void coveringOfPowersOfTwoAndTheirNeighboursIsExact() {
    for (int exponent = -149; exponent <= 127; exponent++) {
      float power = Math.scalb(1f, exponent);

      assertThat(BinWidth.covering(power).exponent())
          .isEqualTo(NaiveHistogram.exponent(power))
          .isEqualTo(Math.max(-149, exponent - 11));
      assertThat(BinWidth.covering(Math.nextDown(power)).exponent())
          .isEqualTo(NaiveHistogram.exponent(Math.nextDown(power)));
    }
  }

  @Test
  void coveringOfTheEndsOfTheDomainIsTheEndsOfTheExponents() {
    assertThat(BinWidth.covering(0f).exponent()).isEqualTo(BinWidth.MIN_EXPONENT).isEqualTo(-149);
    assertThat(BinWidth.covering(Float.MIN_VALUE).exponent()).isEqualTo(-149);
    assertThat(BinWidth.covering(Float.MAX_VALUE).exponent())
        .isEqualTo(BinWidth.MAX_EXPONENT)
        .isEqualTo(116);
  }

  @Test
  void binIsTheFloorOfTheQuotient() {
    assertThat(new BinWidth(-149).bin(3 * Float.MIN_VALUE)).isEqualTo(3);
    assertThat(new BinWidth(116).bin(Float.MAX_VALUE)).isEqualTo(4095);
    assertThat(new BinWidth(0).bin(Math.nextDown(7f))).isEqualTo(6);
    assertThat(new BinWidth(0).bin(7f)).isEqualTo(7);
    assertThat(new BinWidth(116).bin(Float.MIN_VALUE)).isZero();
  }

  @Test
  void valueAndReciprocalAreExactPowersOfTwo() {
    for (int exponent = -149; exponent <= 116; exponent++) {
      BinWidth width = new BinWidth(exponent);

      assertThat(width.value()).isEqualTo(Math.pow(2, exponent));
      assertThat(width.value() * width.reciprocal()).isEqualTo(1.0);
    }
  }

  @Test
  void exponentOutOfRangeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BinWidth(-150))
        .withMessage("exponent is -150, expected -149 to 116");
    assertThatIllegalArgumentException().isThrownBy(() -> new BinWidth(117));
  }
}
