/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.calibration.source.picture.ChannelOrder;
import io.github.quant4j.calibration.source.picture.PictureLayout;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.Value;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What an input of a model says of the pictures it takes.
 *
 * @param input the input
 */
record PictureInput(Value input) {
  private static final int RANK = 4;

  String name() {
    return input.name();
  }

  ElementType elementType() {
    return input.type().elementType().orElse(ElementType.FLOAT);
  }

  /** Returns channels last where only the last axis can be one of channels, else first. */
  PictureLayout layout() {
    return isChannels(3) && !isChannels(1) ? PictureLayout.NHWC : PictureLayout.NCHW;
  }

  /** Returns gray for a single channel. */
  ChannelOrder channelOrder(PictureLayout layout) {
    OptionalLong channels = fixed(layout == PictureLayout.NCHW ? 1 : 3);
    return channels.equals(OptionalLong.of(1)) ? ChannelOrder.GRAY : ChannelOrder.RGB;
  }

  /** Returns the height and width the model is fixed to, empty where it is not. */
  Optional<PictureSize> size(PictureLayout layout) {
    int first = layout == PictureLayout.NCHW ? 2 : 1;
    OptionalLong height = fixed(first);
    OptionalLong width = fixed(first + 1);
    return height.isEmpty() || width.isEmpty()
        ? Optional.empty()
        : Optional.of(new PictureSize((int) height.getAsLong(), (int) width.getAsLong()));
  }

  private boolean isChannels(int axis) {
    OptionalLong count = fixed(axis);
    return count.equals(OptionalLong.of(1)) || count.equals(OptionalLong.of(3));
  }

  private OptionalLong fixed(int axis) {
    List<Dimension> dimensions = input.type().dimensions().orElse(List.of());
    return Stream.of(dimensions)
        .filter(all -> all.size() == RANK && all.get(axis) instanceof Dimension.Fixed)
        .mapToLong(all -> ((Dimension.Fixed) all.get(axis)).size())
        .filter(size -> size >= 1 && size <= Integer.MAX_VALUE)
        .findFirst();
  }
}
