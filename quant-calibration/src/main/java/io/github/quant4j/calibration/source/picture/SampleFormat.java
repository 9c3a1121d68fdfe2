/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Writes the codes of a picture as the elements of a tensor. Immutable and thread-safe.
 *
 * <p>A code has one value per channel, so all 256 are computed once.
 */
final class SampleFormat {

  private final PictureFrame frame;
  private final PictureLayout layout;
  private final ChannelOrder order;
  private final float[][] values;

  private SampleFormat(
      PictureFrame frame, PictureLayout layout, ChannelOrder order, float[][] values) {
    this.frame = frame;
    this.layout = layout;
    this.order = order;
    this.values = values;
  }

  /** Returns the format of uint8 samples, the codes themselves. */
  static SampleFormat ofCodes(PictureFrame frame, PictureLayout layout, ChannelOrder order) {
    return new SampleFormat(frame, layout, order, new float[0][]);
  }

  /** Returns the format of float samples; {@code values} holds 256 of them for every channel. */
  static SampleFormat ofFloats(
      PictureFrame frame, PictureLayout layout, ChannelOrder order, float[][] values) {
    return new SampleFormat(frame, layout, order, values);
  }

  ElementType elementType() {
    return values.length == 0 ? ElementType.UINT8 : ElementType.FLOAT;
  }

  /** Returns the shape of a batch. */
  Shape shape(int sampleCount) {
    int channels = order.channelCount();
    return layout == PictureLayout.NCHW
        ? Shape.of(sampleCount, channels, frame.height(), frame.width())
        : Shape.of(sampleCount, frame.height(), frame.width(), channels);
  }

  /** Returns the number of bytes of one sample. */
  long byteCount() {
    return shape(1).elementCount() * (elementType().bitWidth() / Byte.SIZE);
  }

  /** Returns the elements, little-endian, of codes of shape [height, width, channels]. */
  byte[] encode(byte[] codes) {
    int channels = order.channelCount();
    int pixels = codes.length / channels;
    boolean isPlanar = layout == PictureLayout.NCHW;
    byte[] elements = new byte[Math.toIntExact(byteCount())];
    FloatBuffer floats = ByteBuffer.wrap(elements).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int channel = 0; channel < channels; channel++) {
      int to = isPlanar ? channel * pixels : channel;
      int step = isPlanar ? 1 : channels;
      for (int from = order.source(channel); from < codes.length; from += channels, to += step) {
        if (values.length == 0) {
          elements[to] = codes[from];
        } else {
          floats.put(to, values[channel][codes[from] & 0xff]);
        }
      }
    }
    return elements;
  }
}
