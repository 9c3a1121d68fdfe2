/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CharacterErrorsTest {

  @ParameterizedTest
  @CsvSource({"kitten, sitting, 3", "EXIT, EXIT, 0", "'', abc, 3", "abc, '', 3", "ab, ba, 2"})
  void distance_knownPairs_isThatOfLevenshtein(String a, String b, int expected) {
    assertThat(CharacterErrors.distance(a, b)).isEqualTo(expected);
  }

  @Test
  void rate_severalLines_countsCharactersNotLines() {
    CharacterErrors errors = new CharacterErrors();
    errors.add("Main Street", "Main Street");
    errors.add("ROOM 42", "ROOM 4");
    assertThat(errors.rate()).isEqualTo(1 / 18.0);
  }
}
