/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source;

import com.google.protobuf.CodedOutputStream;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes ONNX test data. */
final class TestDataFolder {

  private TestDataFolder() {}

  /** Writes {@code test_data_set_N/input_I.pb} for tensors without names. */
  static Path write(Path folder, int set, Tensor... inputs) throws IOException {
    Path sets = Files.createDirectories(folder.resolve("test_data_set_" + set));
    for (int i = 0; i < inputs.length; i++) {
      tensor(sets.resolve("input_" + i + ".pb"), "", inputs[i]);
    }
    return sets;
  }

  /** Writes a TensorProto. */
  static Path tensor(Path file, String name, Tensor tensor) throws IOException {
    try (OutputStream stream = Files.newOutputStream(file)) {
      CodedOutputStream out = CodedOutputStream.newInstance(stream);
      for (long dimension : tensor.shape().toArray()) {
        out.writeInt64(1, dimension);
      }
      out.writeInt32(2, tensor.elementType().onnxCode());
      out.writeString(8, name);
      out.writeByteBuffer(9, tensor.bytes());
      out.flush();
    }
    return file;
  }
}
