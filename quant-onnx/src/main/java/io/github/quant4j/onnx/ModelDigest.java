/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.file.Sha256;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/**
 * The digest of what a model holds, wherever that is stored.
 *
 * <p>SHA-256 over the model without its graph, the graph without its initializers, and each
 * initializer: its name, type and shape, then its elements in row-major order, little-endian. Each
 * part but the elements has its length in front.
 */
final class ModelDigest {
  private final MessageDigest digest;

  private ModelDigest(MessageDigest digest) {
    this.digest = digest;
  }

  /** Returns {@code sha256:} and 64 hexadecimal digits. */
  static String of(ModelProto shell, Graph graph) {
    try {
      ModelDigest digest = new ModelDigest(Sha256.create());
      digest.add(shell, graph);
      return Sha256.text(digest.digest);
    } catch (IOException e) {
      throw new UncheckedIOException("a digest in memory cannot fail", e);
    }
  }

  private void add(ModelProto shell, Graph graph) throws IOException {
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      shell.writeDelimitedTo(out);
      GraphWriter.withoutInitializers(graph).writeDelimitedTo(out);
      for (StoredTensor tensor : GraphWriter.initializers(graph)) {
        if (tensor.isMovable()) {
          tensor.header().writeDelimitedTo(out);
          // Not tensor(), which keeps what it decodes.
          digest.update(TensorCodec.decode(tensor.name(), tensor.proto()).bytes());
        } else {
          tensor.proto().writeDelimitedTo(out);
        }
      }
    }
  }
}
