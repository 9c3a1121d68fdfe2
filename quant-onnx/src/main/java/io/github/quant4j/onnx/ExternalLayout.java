/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.StringStringEntryProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The places of tensors in a data file: which go there, and at which offsets. */
final class ExternalLayout {
  private static final int LARGEST_INLINE_SIZE = 1 << 10;
  private static final int PAGE = 1 << 12;

  /** The granularity at which Windows maps files, the coarsest of all systems. */
  private static final int LARGE = 1 << 16;

  private final Map<Object, Place> places = new LinkedHashMap<>();

  private ExternalLayout() {}

  static ExternalLayout of(List<StoredTensor> tensors) {
    ExternalLayout layout = new ExternalLayout();
    long end = 0;
    for (StoredTensor tensor : tensors) {
      boolean isKnown = layout.places.containsKey(tensor.storage());
      if (tensor.isMovable() && tensor.byteSize() > LARGEST_INLINE_SIZE && !isKnown) {
        long alignment = tensor.byteSize() >= LARGE ? LARGE : PAGE;
        long offset = (end + alignment - 1) / alignment * alignment;
        layout.places.put(tensor.storage(), new Place(tensor, offset));
        end = offset + tensor.byteSize();
      }
    }
    return layout;
  }

  boolean isEmpty() {
    return places.isEmpty();
  }

  /** Writes the data file, one tensor in memory at a time. */
  void writeTo(OutputStream out) throws IOException {
    WritableByteChannel channel = Channels.newChannel(out);
    byte[] padding = new byte[LARGE];
    long end = 0;
    for (Place place : places.values()) {
      out.write(padding, 0, (int) (place.offset - end));
      end = place.offset + channel.write(place.tensor.tensor().bytes());
    }
  }

  /** Returns what the model file says of a tensor when the data file has the given name. */
  TensorProto proto(StoredTensor tensor, String dataFile) {
    Place place = places.get(tensor.storage());
    if (place == null) {
      return tensor.proto();
    }
    return tensor.header().toBuilder()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", dataFile))
        .addExternalData(entry("offset", Long.toString(place.offset)))
        .addExternalData(entry("length", Long.toString(tensor.byteSize())))
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private record Place(StoredTensor tensor, long offset) {}
}
