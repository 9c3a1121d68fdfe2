/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

/**
 * The elements a Slice takes from one axis, with its start and end brought into range. Source: ONNX
 * operator Slice, opset 13.
 *
 * @param start the first index
 * @param step the distance to the next, not 0
 * @param count how many are taken
 */
record SliceBounds(long start, long step, long count) {

  /** Counts negative bounds from the end, then clamps. */
  static SliceBounds of(long size, long start, long end, long step) {
    long largest = step > 0 ? size : size - 1;
    long from = Math.max(Math.min(start < 0 ? start + size : start, largest), 0);
    long to = Math.max(Math.min(end < 0 ? end + size : end, largest), step > 0 ? 0 : -1);
    long distance = step > 0 ? to - from : from - to;
    long stride = Math.abs(Math.max(step, -Long.MAX_VALUE));
    boolean isEmpty = size == 0 || distance <= 0;
    return new SliceBounds(from, step, isEmpty ? 0 : (distance - 1) / stride + 1);
  }
}
