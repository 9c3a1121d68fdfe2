/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * A gzip'd IDX file of unsigned bytes: a header of two zero bytes, the type 8, the rank and one
 * big-endian size per dimension, then the elements in row-major order.
 */
final class IdxFile {
  private static final int UNSIGNED_BYTES = 8;

  private final int count;
  private final int itemSize;
  private final byte[] bytes;

  private IdxFile(int count, int itemSize, byte[] bytes) {
    this.count = count;
    this.itemSize = itemSize;
    this.bytes = bytes;
  }

  static IdxFile read(InputStream compressed) throws IOException {
    try (DataInputStream in = new DataInputStream(new GZIPInputStream(compressed))) {
      int magic = in.readInt();
      if (magic >>> Byte.SIZE != UNSIGNED_BYTES) {
        throw new IOException(
            "not an IDX file of unsigned bytes: it begins with 0x" + Integer.toHexString(magic));
      }
      int count = in.readInt();
      int itemSize = 1;
      for (int axis = 1; axis < (magic & 0xff); axis++) {
        itemSize = Math.multiplyExact(itemSize, in.readInt());
      }
      byte[] bytes = new byte[Math.multiplyExact(count, itemSize)];
      in.readFully(bytes);
      return new IdxFile(count, itemSize, bytes);
    }
  }

  /** Returns the size of the first dimension. */
  int count() {
    return count;
  }

  /** Returns the number of bytes of one item: the product of the other dimensions. */
  int itemSize() {
    return itemSize;
  }

  /** Returns an element as the number from 0 to 255 it stands for. */
  int element(int index) {
    return Byte.toUnsignedInt(bytes[index]);
  }
}
