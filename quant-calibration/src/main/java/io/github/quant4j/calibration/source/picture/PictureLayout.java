/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

/** The order of the axes of the tensor. */
public enum PictureLayout {
  /** [samples, channels, height, width], one plane per channel. */
  NCHW,

  /** [samples, height, width, channels], the channels of a pixel side by side. */
  NHWC
}
