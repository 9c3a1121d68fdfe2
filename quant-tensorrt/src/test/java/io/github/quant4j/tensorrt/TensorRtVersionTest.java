/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorRtVersionTest {

  @Test
  void libraryVersion_isTakenApart() {
    assertThat(TensorRtVersion.from(101_501)).hasToString("10.15.1");
  }

  @ParameterizedTest
  @CsvSource({
    "100600, 100600, true",
    "100601, 100600, true",
    "101501, 100600, true",
    "100300, 100600, false",
    "110200, 100600, false",
    "90300, 100600, false"
  })
  void library_servesHeadersOfItsMajorVersionThatAreNotNewer(
      int library, int headers, boolean serves) {
    assertThat(TensorRtVersion.from(library).serves(TensorRtVersion.from(headers)))
        .isEqualTo(serves);
  }
}
