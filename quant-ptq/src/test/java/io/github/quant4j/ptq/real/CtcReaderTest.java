/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class CtcReaderTest {
  private static final CtcReader READER = CtcReader.of(List.of("a", "b"));

  private static Tensor steps(int... classes) {
    float[] probabilities = new float[classes.length * 4];
    for (int step = 0; step < classes.length; step++) {
      probabilities[step * 4 + classes[step]] = 1;
    }
    return Tensor.ofFloats(Shape.of(1, classes.length, 4), probabilities);
  }

  @Test
  void read_repeatedClass_isOneCharacter() {
    assertThat(READER.read(steps(1, 1, 2, 2, 2))).containsExactly("ab");
  }

  @Test
  void read_blankBetween_isTwoCharacters() {
    assertThat(READER.read(steps(0, 1, 0, 1, 0))).containsExactly("aa");
  }

  @Test
  void read_lastClass_isSpace() {
    assertThat(READER.read(steps(1, 3, 2))).containsExactly("a b");
  }

  @Test
  void read_otherNumberOfClasses_isRefused() {
    Tensor output = Tensor.ofFloats(Shape.of(1, 1, 3), 0, 0, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> READER.read(output))
        .withMessageContaining("3 classes");
  }
}
