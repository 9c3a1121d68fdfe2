/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Float16Test {
  private static final int INFINITY = 0x7c00;

  @Test
  void toBits_everyValueOfTheFormat_isItself() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      boolean isNan = (bits & 0x7fff) > INFINITY;
      float value = Float16.toFloat((short) bits);

      assertThat(Float.isNaN(value)).as("%x", bits).isEqualTo(isNan);
      if (!isNan) {
        assertThat(Float16.toBits(value) & 0xffff).as("%x", bits).isEqualTo(bits);
      }
    }
  }

  /** The middle of two neighbours is a float32, so rounding can be checked on either side of it. */
  @Test
  void toBits_aroundEveryMiddle_roundsToNearestAndTheMiddleToEven() {
    for (int low = 0; low < INFINITY - 1; low++) {
      float middle =
          (float)
              (((double) Float16.toFloat((short) low) + Float16.toFloat((short) (low + 1))) / 2);
      int even = (low & 1) == 0 ? low : low + 1;

      assertThat((int) Float16.toBits(middle)).as("middle above %x", low).isEqualTo(even);
      assertThat((int) Float16.toBits(Math.nextDown(middle))).as("below %x", low).isEqualTo(low);
      assertThat((int) Float16.toBits(Math.nextUp(middle))).as("above %x", low).isEqualTo(low + 1);
      assertThat(Float16.toBits(-middle) & 0xffff).as("negative %x", low).isEqualTo(even | 0x8000);
    }
  }

  /** {@code hex(np.float32(v).astype(np.float16).view(np.uint16))}, NumPy 2. */
  @ParameterizedTest
  @CsvSource({
    "0.33333334, 3555",
    "65519.996, 7bff",
    "1e-5, 00a8",
    "-2.0, c000",
    "6e-8, 0001",
    "2.9802322e-8, 0000",
    "2.9805303e-8, 0001",
    "6.1e-5, 03ff",
    "2049, 6800",
    "2051, 6802",
    "-0.0, 8000",
    "0.1, 2e66"
  })
  void toBits_value_isThatOfNumPy(float value, String bits) {
    assertThat(Float16.toBits(value) & 0xffff).isEqualTo(Integer.parseInt(bits, 16));
  }

  @ParameterizedTest
  @ValueSource(floats = {65_520f, -65_520f, 1e9f, Float.MAX_VALUE})
  void toBits_finiteValueBeyond_isRefused(float value) {
    assertThat(Float16.isRepresentable(value)).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Float16.toBits(value))
        .withMessage("value is %s, expected less than 65520 in magnitude", value);
  }

  @Test
  void toBits_infinityAndNan_stay() {
    assertThat(Float16.round(Float.NEGATIVE_INFINITY)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(Float16.round(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Float16.toBits(Float.NaN)).isEqualTo((short) 0x7e00);
    assertThat(Float16.isRepresentable(Float.NaN)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0, false", "2.9802322e-8, true", "-1e-30, true", "2.9805303e-8, false"})
  void roundsToZero_value_agreesWithRounding(float value, boolean expected) {
    assertThat(Float16.roundsToZero(value)).isEqualTo(expected);
    assertThat(value != 0 && Float16.round(value) == 0).isEqualTo(expected);
  }

  @Test
  void roundScale_anyScale_isNeverZeroNorInfinite() {
    assertThat(Float16.roundScale(1e-12f)).isEqualTo(Float16.MIN_VALUE);
    assertThat(Float16.roundScale(0.1f)).isEqualTo(0.099975586f);
    assertThat(Float16.roundScale(1e6f)).isEqualTo(1e6f);
  }

  @Test
  void saturate_valuesBeyond_areCutAndTheRestRounded() {
    Tensor floats = Tensor.ofFloats(Shape.of(2, 2), 1e9f, -1e9f, 0.1f, Float.NEGATIVE_INFINITY);

    Tensor half = Float16.saturate(floats);

    assertThat(half.elementType()).isEqualTo(ElementType.FLOAT16);
    assertThat(half.shape()).isEqualTo(Shape.of(2, 2));
    float[] values = new float[4];
    Float16.widen(half).floats().get(values);
    assertThat(values).containsExactly(65_504f, -65_504f, 0.099975586f, Float.NEGATIVE_INFINITY);
  }

  @Test
  void widen_anotherType_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Float16.widen(Tensor.ofInts(Shape.of(1), 3)))
        .withMessage("halves is int32[1], expected float16");
  }
}
