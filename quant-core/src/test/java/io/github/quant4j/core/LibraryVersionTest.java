/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LibraryVersionTest {
  @Test
  void text_build_isNameAndVersion() {
    assertThat(LibraryVersion.text()).matches("Quant4J \\d+\\.\\d+\\.\\d+\\S*");
  }
}
