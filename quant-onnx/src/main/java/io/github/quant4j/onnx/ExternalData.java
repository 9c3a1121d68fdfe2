/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.ExternalTensor.Region;
import io.github.quant4j.onnx.internal.proto.StringStringEntryProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tensors that a model stores in other files, and refuses those that are not what they
 * should be before anything is read of them.
 *
 * <p>An entry names a file relative to the model ({@code location}), the first byte ({@code
 * offset}, 0 when not said), the number of bytes ({@code length}, that of type and shape when not
 * said) and the SHA-1 of the whole file ({@code checksum}), which is compared where it is given.
 * Source: the ONNX IR, message TensorProto, field external_data.
 *
 * <p>Two tensors may name the very same region, as exporters do for tied weights: nobody writes to
 * it, so sharing is harmless. Regions that overlap in part are refused: no exporter writes them, so
 * an offset is wrong.
 */
final class ExternalData {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private final String what;
  private final @Nullable DataFolder folder;
  private final List<Located> regions = new ArrayList<>();

  private ExternalData(String what, @Nullable DataFolder folder) {
    this.what = what;
    this.folder = folder;
  }

  /** Returns the data beside a model file; {@code what} names the model in messages. */
  static ExternalData beside(Path model, String what) throws IOException {
    return new ExternalData(what, DataFolder.of(model));
  }

  /** Returns the data of a model that has no place in a file system: every tensor is refused. */
  static ExternalData none(String what) {
    return new ExternalData(what, null);
  }

  /** Returns the real paths of the files that hold what was found, sorted. */
  List<Path> files() {
    return regions.stream()
        .map(located -> located.region.file().path())
        .distinct()
        .sorted()
        .toList();
  }

  /** Finds a tensor; {@code label} says which it is. */
  ExternalTensor find(String label, TensorProto proto) {
    if (folder == null) {
      throw refused(label, TensorCodec.STORED_ELSEWHERE);
    }
    Map<String, String> entries = entries(label, proto);
    try {
      Region region = region(label, proto, file(label, folder, entries), entries);
      regions.add(new Located(label, region));
      return new ExternalTensor(TensorCodec.withoutContents(proto), region);
    } catch (IOException e) {
      throw new ModelFormatException(
          "%s: %s cannot be found: %s".formatted(what, label, ModelFile.reason(e)), e);
    }
  }

  /** Refuses regions that overlap in part. */
  void requireDisjoint() {
    Comparator<Located> order = Comparator.comparing(located -> located.region.file().toString());
    List<Located> sorted = new ArrayList<>(regions);
    sorted.removeIf(located -> located.region.length() == 0);
    sorted.sort(order.thenComparingLong(located -> located.region.offset()));
    for (int i = 1; i < sorted.size(); i++) {
      Region before = sorted.get(i - 1).region;
      Region region = sorted.get(i).region;
      if (region.file() == before.file()
          && region.offset() < before.end()
          && !region.equals(before)) {
        throw refused(
            sorted.get(i).label,
            "overlaps %s in \"%s\": [%s, %s) and [%s, %s); expected disjoint or equal regions"
                .formatted(
                    sorted.get(i - 1).label,
                    region.file(),
                    region.offset(),
                    region.end(),
                    before.offset(),
                    before.end()));
      }
    }
  }

  private Map<String, String> entries(String label, TensorProto proto) {
    if (proto.hasRawData()) {
      throw refused(label, "is stored both inside and outside the model file");
    }
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto entry : proto.getExternalDataList()) {
      if (entries.put(entry.getKey(), entry.getValue()) != null) {
        throw refused(label, "states \"" + entry.getKey() + "\" of its external data twice");
      }
    }
    return entries;
  }

  private Region region(
      String label, TensorProto proto, DataFile file, Map<String, String> entries) {
    ElementType type = TensorCodec.elementType(proto.getName(), proto);
    Shape shape = TensorCodec.shape(proto.getName(), proto);
    long expected = TensorCodec.byteSize(type, shape);
    if (expected > Integer.MAX_VALUE) {
      throw refused(
          label, "has type %s and shape %s; expected less than 2 GiB".formatted(type, shape));
    }
    long offset = number(label, entries, "offset", 0);
    long length = number(label, entries, "length", expected);
    if (length != expected) {
      throw refused(
          label,
          "has a length of %s bytes, expected %s for %s%s"
              .formatted(length, expected, type, shape));
    }
    if (offset > file.size() || length > file.size() - offset) {
      throw refused(
          label,
          "has %s bytes from offset %s of \"%s\", expected a region within its %s bytes"
              .formatted(length, offset, file, file.size()));
    }
    return new Region(file, offset, (int) length);
  }

  private DataFile file(String label, DataFolder in, Map<String, String> entries)
      throws IOException {
    DataFile file = open(label, in, entries.getOrDefault("location", ""));
    String checksum = entries.get("checksum");
    if (checksum != null && !checksum.toLowerCase(Locale.ROOT).equals(file.sha1())) {
      throw refused(
          label,
          "has the checksum \"%s\", but the SHA-1 of \"%s\" is %s"
              .formatted(checksum, file, file.sha1()));
    }
    return file;
  }

  private DataFile open(String label, DataFolder in, String location) throws IOException {
    try {
      return in.open(location);
    } catch (FileSystemException e) {
      throw refused(
          label,
          "is stored in \"%s\", which %s; expected the relative path of a regular file in the model's folder"
              .formatted(location, ModelFile.reason(e)));
    }
  }

  private long number(String label, Map<String, String> entries, String key, long absent) {
    String text = entries.get(key);
    if (text == null) {
      return absent;
    }
    if (!NUMBER.matcher(text).matches()) {
      throw refused(label, "has the %s \"%s\", expected a number of bytes".formatted(key, text));
    }
    return Long.parseLong(text);
  }

  private ModelFormatException refused(String label, String found) {
    return new ModelFormatException("%s: %s %s".formatted(what, label, found));
  }

  /** A region with the words for the tensor in it. */
  private record Located(String label, Region region) {}
}
