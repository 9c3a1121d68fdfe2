/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuantizationExceptionTest {

  @Test
  void constructorWithCauseKeepsMessageAndCause() {
    IllegalStateException cause = new IllegalStateException("below");

    assertThat(new QuantizationException("above", cause)).hasMessage("above").hasCause(cause);
  }

  @Test
  void constructorWithoutCauseKeepsMessage() {
    assertThat(new QuantizationException("alone")).hasMessage("alone").hasNoCause();
  }
}
