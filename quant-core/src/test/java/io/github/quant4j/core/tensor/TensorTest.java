/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class TensorTest {

  @Test
  void ofFloatsHoldsLittleEndianBytes() {
    Tensor tensor = Tensor.ofFloats(Shape.of(2), 1f, -2f);

    assertThat(tensor.elementType()).isEqualTo(ElementType.FLOAT);
    assertThat(tensor.floats()).isEqualTo(FloatBuffer.wrap(new float[] {1f, -2f}));
    assertThat(tensor.bytes().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes(tensor)).containsExactly(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0);
  }

  @Test
  void ofLongsAndIntsHoldTheirValues() {
    assertThat(Tensor.ofLongs(Shape.of(1, 2), 7, -1).longs().get(1)).isEqualTo(-1);
    assertThat(Tensor.ofInts(Shape.of(), 5).ints().get(0)).isEqualTo(5);
  }

  @Test
  void ofBytesCopiesThem() {
    byte[] values = {1, 2};
    Tensor tensor = Tensor.ofBytes(ElementType.UINT8, Shape.of(2), values);
    values[0] = 9;

    assertThat(bytes(tensor)).containsExactly(1, 2);
  }

  @Test
  void ofBytesOfWiderTypeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.ofBytes(ElementType.INT16, Shape.of(1), (byte) 0, (byte) 0))
        .withMessage("elementType is int16, expected a type of 8 bits");
  }

  @Test
  void ofBufferTakesRemainingBytesAndKeepsPosition() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putFloat(4, 3f).position(4).limit(8);

    Tensor tensor = Tensor.of(ElementType.FLOAT, Shape.of(1), buffer);

    assertThat(tensor.floats().get(0)).isEqualTo(3f);
    assertThat(tensor.bytes().isDirect()).isTrue();
    assertThat(buffer.position()).isEqualTo(4);
  }

  @Test
  void ofBufferOfWrongSizeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.of(ElementType.FLOAT, Shape.of(2, 2), ByteBuffer.allocate(12)))
        .withMessage("bytes has 12 bytes remaining, expected 16 for float[2, 2]");
  }

  @Test
  void ofHugeShapeIsRefusedWithoutOverflow() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Tensor.of(ElementType.DOUBLE, Shape.of(1L << 62), ByteBuffer.allocate(0)));
  }

  @Test
  void ofPackedTypeRoundsUpToBytes() {
    Tensor tensor = Tensor.of(ElementType.INT4, Shape.of(3), ByteBuffer.allocate(2));

    assertThat(tensor.bytes().remaining()).isEqualTo(2);
  }

  @Test
  void ofStringIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensor.of(ElementType.STRING, Shape.of(0), ByteBuffer.allocate(0)))
        .withMessageStartingWith("elementType is string");
  }

  @Test
  void ofFloatsWithWrongCountIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Tensor.ofFloats(Shape.of(3), 1f, 2f));
  }

  @Test
  void viewOfOtherTypeIsRefused() {
    Tensor floats = Tensor.ofFloats(Shape.of(1), 1f);

    assertThatIllegalStateException()
        .isThrownBy(floats::longs)
        .withMessage("tensor is float[1], expected element type int64");
    assertThatIllegalStateException().isThrownBy(floats::ints);
    assertThatIllegalStateException().isThrownBy(Tensor.ofInts(Shape.of(1), 1)::floats);
  }

  @Test
  void viewsAreReadOnly() {
    Tensor tensor = Tensor.ofFloats(Shape.of(1), 1f);

    assertThat(tensor.bytes().isReadOnly()).isTrue();
    assertThat(tensor.floats().isReadOnly()).isTrue();
  }

  @Test
  void sliceSharesTheBytesOfSomeSamples() {
    ByteBuffer buffer = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    Tensor slice = Tensor.of(ElementType.FLOAT, Shape.of(3, 2), buffer).slice(1, 2);
    buffer.putFloat(8, 5f);

    assertThat(slice.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(slice.floats().get(0)).isEqualTo(5f);
  }

  @Test
  void sliceOfSliceCountsFromItsOwnFirstSample() {
    Tensor tensor = Tensor.ofInts(Shape.of(4), 0, 1, 2, 3).slice(1, 3).slice(1, 1);

    assertThat(tensor.ints().get(0)).isEqualTo(2);
  }

  @Test
  void sliceOfNoSampleIsEmpty() {
    assertThat(Tensor.ofInts(Shape.of(2), 0, 1).slice(2, 0)).hasToString("int32[0]");
    assertThat(Tensor.ofFloats(Shape.of(0, 3)).slice(0, 0)).hasToString("float[0, 3]");
  }

  @Test
  void sliceBeyondTheSamplesIsRefused() {
    Tensor tensor = Tensor.ofInts(Shape.of(2), 0, 1);

    assertThatThrownBy(() -> tensor.slice(1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tensor.slice(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void sliceOfScalarIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Tensor.ofInts(Shape.of(), 1).slice(0, 1));
  }

  @Test
  void sliceOfPackedSampleWithinAByteIsRefused() {
    Tensor tensor = Tensor.of(ElementType.INT4, Shape.of(2, 3), ByteBuffer.allocate(3));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> tensor.slice(0, 1))
        .withMessage("a sample of int4[2, 3] has 12 bits, expected whole bytes to slice");
  }

  private static int[] bytes(Tensor tensor) {
    ByteBuffer bytes = tensor.bytes();
    int[] values = new int[bytes.remaining()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Byte.toUnsignedInt(bytes.get(i));
    }
    return values;
  }
}
