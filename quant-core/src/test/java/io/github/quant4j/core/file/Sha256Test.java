/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;

class Sha256Test {

  /* printf abc | sha256sum */
  @Test
  void textIsTheDigestWithItsNameInFront() {
    MessageDigest digest = Sha256.create();
    digest.update("abc".getBytes(StandardCharsets.US_ASCII));

    assertThat(Sha256.text(digest))
        .isEqualTo("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}
