/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorSignatureTest {

  @Test
  void dimensionsAreCopied() {
    List<Long> dimensions = new ArrayList<>(List.of(-1L, 3L));
    TensorSignature signature = new TensorSignature("x", ElementType.FLOAT, dimensions);
    dimensions.clear();

    assertThat(signature.dimensions()).containsExactly(-1L, 3L);
    assertThat(signature).hasToString("float[-1, 3]");
  }
}
