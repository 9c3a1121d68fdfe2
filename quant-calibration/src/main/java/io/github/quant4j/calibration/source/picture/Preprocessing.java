/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import java.util.Arrays;

/** What a builder was told about how samples follow from pictures. Not thread-safe. */
final class Preprocessing {

  private static final double DEFAULT_RESCALE = 1.0 / 255;
  private static final float[] NONE = {};

  int height;
  int width;
  PictureFit fit = PictureFit.STRETCH;
  int shorterSide;
  int padding;
  Interpolation interpolation = Interpolation.BILINEAR;
  ChannelOrder channelOrder = ChannelOrder.RGB;
  PictureLayout layout = PictureLayout.NCHW;
  boolean isFloat = true;
  double rescale = DEFAULT_RESCALE;
  float[] mean = NONE;
  float[] std = NONE;

  /** Returns a copy of numbers, all of them finite and at least one. */
  static float[] finite(float[] values, String name) {
    if (values.length == 0) {
      throw new IllegalArgumentException(name + " is empty, expected one number per channel");
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            name + " is " + Arrays.toString(values) + ", expected finite numbers");
      }
    }
    return values.clone();
  }

  /** Returns what makes the samples, after a check that the options go together. */
  PictureLoader loader(PictureDecoder decoder) {
    if (height == 0) {
      throw new IllegalStateException("size is not set, expected height and width of the input");
    }
    requireFitOptions();
    PictureFrame frame = new PictureFrame(height, width, fit, shorterSide);
    boolean isGray = channelOrder == ChannelOrder.GRAY;
    PictureScaler scaler = new PictureScaler(frame, interpolation, padding, isGray);
    return new PictureLoader(decoder, scaler, format(frame));
  }

  private void requireFitOptions() {
    if (shorterSide > 0 && fit != PictureFit.CENTER_CROP) {
      throw new IllegalArgumentException(
          "shorterSide is set for fit " + fit + ", expected fit CENTER_CROP");
    }
    if (shorterSide > 0 && shorterSide < Math.max(height, width)) {
      throw new IllegalArgumentException(
          "shorterSide is %s, expected %s or more to cut out %s x %s"
              .formatted(shorterSide, Math.max(height, width), height, width));
    }
    if (padding > 0 && fit != PictureFit.LETTERBOX) {
      throw new IllegalArgumentException(
          "padding is set for fit " + fit + ", expected fit LETTERBOX");
    }
  }

  private SampleFormat format(PictureFrame frame) {
    if (isFloat) {
      float[][] values = new float[channelOrder.channelCount()][256];
      fill(values, perChannel(mean, 0, "mean"), perChannel(std, 1, "std"));
      return SampleFormat.ofFloats(frame, layout, channelOrder, values);
    }
    if (mean.length > 0 || std.length > 0 || rescale != DEFAULT_RESCALE) {
      throw new IllegalArgumentException(
          "rescale, mean or std is set for elementType uint8, which takes codes as they are");
    }
    return SampleFormat.ofCodes(frame, layout, channelOrder);
  }

  private void fill(float[][] values, float[] means, float[] stds) {
    for (int channel = 0; channel < values.length; channel++) {
      for (int code = 0; code < 256; code++) {
        float rescaled = (float) (code * rescale);
        values[channel][code] = (rescaled - means[channel]) / stds[channel];
      }
    }
  }

  private float[] perChannel(float[] values, float unset, String name) {
    int channels = channelOrder.channelCount();
    if (values.length > 1 && values.length != channels) {
      throw new IllegalArgumentException(
          "%s has %s numbers, expected 1 or %s for channels %s"
              .formatted(name, values.length, channels, channelOrder));
    }
    if (values.length == channels) {
      return values;
    }
    float[] repeated = new float[channels];
    Arrays.fill(repeated, values.length == 0 ? unset : values[0]);
    return repeated;
  }
}
