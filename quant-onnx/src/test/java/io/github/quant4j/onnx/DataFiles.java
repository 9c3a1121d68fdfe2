/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.StringStringEntryProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes models whose tensors lie in data files. */
final class DataFiles {
  private DataFiles() {}

  /** Returns a tensor that says where its elements are. */
  static TensorProto external(String name, Tensor tensor, Map<String, String> entries) {
    TensorProto.Builder proto =
        TensorCodec.header(name, tensor.elementType(), tensor.shape())
            .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    entries.forEach(
        (key, value) ->
            proto.addExternalData(StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return proto.build();
  }

  /** Writes elements into a file, which grows as needed. */
  static void put(Path file, long offset, Tensor tensor) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(offset);
      byte[] bytes = new byte[tensor.bytes().remaining()];
      tensor.bytes().get(bytes);
      out.write(bytes);
    }
  }

  static Path write(Path file, ModelBuilder builder) throws IOException {
    return Files.write(file, builder.proto().toByteArray());
  }
}
