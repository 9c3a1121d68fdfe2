/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

/**
 * The size that a model takes and how a picture is laid into it. Immutable and thread-safe.
 *
 * @param height rows of the tensor
 * @param width columns of the tensor
 * @param fit how the aspect is dealt with
 * @param shorterSide the size of the shorter side before a crop, 0 for the least that will do
 */
record PictureFrame(int height, int width, PictureFit fit, int shorterSide) {

  /** Returns how the columns of a picture become those of the frame. */
  AxisPart across(PixelRows picture) {
    long scaled =
        isWidthLeading(picture)
            ? shorterSideOr(width)
            : following(picture.width(), picture.height(), shorterSideOr(height));
    return part(picture.width(), scaled, width);
  }

  /** Returns how the rows of a picture become those of the frame. */
  AxisPart down(PixelRows picture) {
    long scaled =
        isWidthLeading(picture)
            ? following(picture.height(), picture.width(), shorterSideOr(width))
            : shorterSideOr(height);
    return part(picture.height(), scaled, height);
  }

  private AxisPart part(int length, long scaledLength, int size) {
    return switch (fit) {
      case STRETCH -> AxisPart.padded(length, size, size);
      case CENTER_CROP -> AxisPart.cropped(length, scaledLength, size);
      case LETTERBOX -> AxisPart.padded(length, (int) scaledLength, size);
    };
  }

  /** Returns whether the height follows from the width, where the aspect is kept. */
  private boolean isWidthLeading(PixelRows picture) {
    if (shorterSide > 0) {
      return picture.width() <= picture.height();
    }
    int order = Long.compare((long) picture.width() * height, (long) picture.height() * width);
    return fit == PictureFit.LETTERBOX ? order >= 0 : order <= 0;
  }

  private int shorterSideOr(int size) {
    return shorterSide > 0 ? shorterSide : size;
  }

  private long following(int length, int leadingLength, int leadingSize) {
    long product = (long) length * leadingSize;
    return fit == PictureFit.LETTERBOX
        ? Math.max(1, Math.round(Math.rint((double) product / leadingLength)))
        : product / leadingLength;
  }
}
