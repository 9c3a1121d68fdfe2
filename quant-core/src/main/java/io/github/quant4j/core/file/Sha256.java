/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.file;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 digests, which tell models, tables and files apart. Thread-safe: no state. */
public final class Sha256 {

  private Sha256() {}

  /**
   * Returns a digest of nothing yet.
   *
   * @return a new digest, for one thread at a time
   */
  public static MessageDigest create() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("SHA-256 is part of every Java platform", e);
    }
  }

  /**
   * Returns the digest of what was given to it, as provenances and checkpoints write it.
   *
   * @param digest a digest that {@link #create()} made, reset by this call
   * @return {@code sha256:} and 64 hexadecimal digits
   */
  public static String text(MessageDigest digest) {
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }
}
