/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.calibration.source.NpyFile;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** A .npy file that holds the right class of each sample. */
final class LabelFile {
  private LabelFile() {}

  /** Returns the classes; the array is of type int64, int32, uint8 or int8 and of rank 1. */
  static long[] read(Path file) throws IOException {
    Tensor labels = NpyFile.read(file);
    if (labels.shape().rank() != 1) {
      throw new CommandException(
          "labels \""
              + file
              + "\" have shape "
              + labels.shape()
              + "; expected one axis, a class number per sample");
    }
    return classes(file, labels);
  }

  private static long[] classes(Path file, Tensor labels) {
    int count = Math.toIntExact(labels.shape().elementCount());
    ByteBuffer bytes = labels.bytes();
    ElementType type = labels.elementType();
    return switch (type) {
      case INT64 -> IntStream.range(0, count).mapToLong(labels.longs()::get).toArray();
      case INT32 -> IntStream.range(0, count).mapToLong(labels.ints()::get).toArray();
      case UINT8 ->
          IntStream.range(0, count).mapToLong(i -> Byte.toUnsignedLong(bytes.get(i))).toArray();
      case INT8 -> IntStream.range(0, count).mapToLong(bytes::get).toArray();
      default ->
          throw new CommandException(
              "labels \""
                  + file
                  + "\" are of type "
                  + type
                  + "; expected int64, int32, uint8 or int8 class numbers");
    };
  }
}
