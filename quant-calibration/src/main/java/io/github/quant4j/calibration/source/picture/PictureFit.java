/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

/** How a picture of any size and aspect becomes one of the size that a model takes. */
public enum PictureFit {
  /** Scales each axis on its own; the aspect changes. */
  STRETCH,

  /**
   * Scales until the shorter side has the size asked for, rounding the longer side down, and cuts
   * out the middle, as {@code Resize(n)} and {@code CenterCrop(m)} of torchvision do; an odd rest
   * is split to the nearest even offset.
   */
  CENTER_CROP,

  /**
   * Scales until the whole picture just fits, rounding the other side to the nearest, and fills
   * what is left of it in equal parts on both sides, the odd row or column below or to the right.
   */
  LETTERBOX
}
