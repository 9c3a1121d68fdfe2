/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputBytesTest {

  private static final EngineTensor OUTPUT =
      new EngineTensor("y", ElementType.INT32, List.of(-1L, 2L));

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void copy_target_isWrittenFromItsPositionAndViewed(boolean isDirect) {
    ByteBuffer target = isDirect ? ByteBuffer.allocateDirect(20) : ByteBuffer.allocate(20);
    target.position(4);

    Tensor tensor = OutputBytes.copy(OUTPUT, Shape.of(1, 2), staged(7, 9), target);

    assertThat(tensor).hasToString("int32[1, 2]");
    assertThat(target.position()).isEqualTo(4);
    assertThat(target.get(4)).isEqualTo((byte) 7);
    assertThat(target.get(8)).isEqualTo((byte) 9);
    target.put(8, (byte) 5);
    assertThat(tensor.ints().get(1)).isEqualTo(5);
  }

  @Test
  void copy_noTarget_isNewMemory() {
    ByteBuffer staged = staged(7, 9);
    Tensor tensor = OutputBytes.copy(OUTPUT, Shape.of(1, 2), staged, null);
    staged.put(0, (byte) 1);

    assertThat(tensor.ints().get(0)).isEqualTo(7);
    assertThat(tensor.ints().get(1)).isEqualTo(9);
  }

  @Test
  void requireRoom_targetThatIsTooSmall_isNamed() {
    assertThatExceptionOfType(EngineOutputException.class)
        .isThrownBy(() -> OutputBytes.requireRoom(OUTPUT, Shape.of(3, 2), ByteBuffer.allocate(23)))
        .withMessage(
            "output 'y' is given a buffer with 23 bytes remaining, expected at least 24 for"
                + " int32[3, 2]")
        .matches(refusal -> refusal.tensor().equals("y"))
        .matches(refusal -> refusal.found().equals("a buffer with 23 bytes remaining"))
        .matches(refusal -> refusal.expected().equals("at least 24 for int32[3, 2]"));
  }

  @Test
  void requireRoom_readOnlyTarget_isNamed() {
    assertThatExceptionOfType(EngineOutputException.class)
        .isThrownBy(
            () ->
                OutputBytes.requireRoom(
                    OUTPUT, Shape.of(1, 2), ByteBuffer.allocate(8).asReadOnlyBuffer()))
        .withMessage("output 'y' is given a read-only buffer, expected one to write into");
  }

  @Test
  void requireRoom_targetWithMoreRoom_fits() {
    assertThatCode(
            () -> OutputBytes.requireRoom(OUTPUT, Shape.of(1, 2), ByteBuffer.allocateDirect(80)))
        .doesNotThrowAnyException();
  }

  @Test
  void requireKnown_targetOfNoOutput_isNamed() {
    assertThatExceptionOfType(EngineOutputException.class)
        .isThrownBy(
            () -> OutputBytes.requireKnown(List.of(OUTPUT), Map.of("z", ByteBuffer.allocate(8))))
        .withMessage(
            "output 'z' is given a buffer, but is unknown to the engine, expected only outputs of"
                + " [y]");
  }

  @ParameterizedTest
  @CsvSource({"FLOAT, 3, 12", "INT4, 3, 2", "BOOL, 0, 0", "INT8, 2147483647, 2147483647"})
  void count_shape_isRoundedUpToWholeBytes(ElementType type, long size, int byteCount) {
    assertThat(OutputBytes.count(new EngineTensor("y", type, List.of(-1L)), Shape.of(size)))
        .isEqualTo(byteCount);
  }

  @ParameterizedTest
  @CsvSource({"INT8, 2147483648", "DOUBLE, 1000000000000000000"})
  void count_moreThanABufferHolds_isRefused(ElementType type, long size) {
    EngineTensor output = new EngineTensor("y", type, List.of(-1L));

    assertThatExceptionOfType(TensorRtException.class)
        .isThrownBy(() -> OutputBytes.count(output, Shape.of(size)))
        .withMessage("output 'y' is %s[%s], expected at most 2147483647 bytes", type, size);
  }

  private static ByteBuffer staged(int... values) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(values.length * Integer.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(values);
    return bytes;
  }
}
