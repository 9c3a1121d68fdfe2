/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.tensorrt.EngineTensor;
import io.github.quant4j.tensorrt.ShapeProfile;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EngineInputsTest {
  private static final ShapeProfile PROFILE = ShapeProfile.parse(List.of("x:1x3,8x4,64x5"));

  @Test
  void of_floats_areOfUsualMagnitudesAndBothSigns() {
    Tensor tensor = one(ElementType.FLOAT, List.of(100L, 10L), null);

    float[] values = new float[1000];
    tensor.floats().get(values);
    assertThat(tensor.shape()).isEqualTo(Shape.of(100, 10));
    for (float value : values) {
      assertThat(Math.abs(value)).isBetween(0.5f, Math.nextDown(1f));
    }
    assertThat(List.of(sign(values, 1), sign(values, -1))).allMatch(count -> count > 400);
  }

  @ParameterizedTest
  @CsvSource({"FLOAT16, 0x3800, 0x3c00", "BFLOAT16, 0x3f00, 0x3f80"})
  void of_halves_areOfUsualMagnitudes(ElementType type, String least, String beyond) {
    Tensor tensor = one(type, List.of(50L), null);

    for (int i = 0; i < 50; i++) {
      int bits = (tensor.bytes().get(2 * i) & 0xFF) | (tensor.bytes().get(2 * i + 1) & 0x7F) << 8;
      assertThat(bits).isBetween(Integer.decode(least), Integer.decode(beyond) - 1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INT64", "INT32", "INT8", "BOOL", "INT4"})
  void of_otherTypes_areZeros(ElementType type) {
    assertThat(one(type, List.of(3L), null).bytes())
        .isEqualTo(ByteBuffer.allocate((3 * type.bitWidth() + 7) / 8));
  }

  @Test
  void of_openAxes_takesBatchThenProfile() {
    assertThat(one(ElementType.FLOAT, List.of(-1L, -1L), null).shape()).isEqualTo(Shape.of(8, 4));
    assertThat(one(ElementType.FLOAT, List.of(-1L, -1L), 16).shape()).isEqualTo(Shape.of(16, 4));
    assertThat(one(ElementType.FLOAT, List.of(2L, 3L), 16).shape()).isEqualTo(Shape.of(2, 3));
  }

  @Test
  void of_openAxisWithoutProfile_isRefused() {
    EngineTensor input = new EngineTensor("y", ElementType.FLOAT, List.of(-1L, -1L));

    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> EngineInputs.of(List.of(input), PROFILE, 4))
        .withMessageContaining("input 'y float[-1, -1]'")
        .withMessageContaining("--shapes");
  }

  private static Tensor one(ElementType type, List<Long> dimensions, @Nullable Integer batch) {
    EngineTensor input = new EngineTensor("x", type, dimensions);
    Tensor tensor = made(input, batch);
    assertThat(tensor.bytes()).isEqualTo(made(input, batch).bytes());
    return tensor;
  }

  private static Tensor made(EngineTensor input, @Nullable Integer batch) {
    return requireNonNull(EngineInputs.of(List.of(input), PROFILE, batch).get("x"), "x");
  }

  private static long sign(float[] values, int sign) {
    long count = 0;
    for (float value : values) {
      count += Math.signum(value) == sign ? 1 : 0;
    }
    return count;
  }
}
