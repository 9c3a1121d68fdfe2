/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreedTogetherTest {

  @Test
  void closed_whileAnotherIsInUse_waitsForIt() {
    FreedTogether objects = new FreedTogether();
    List<String> freed = new ArrayList<>();
    objects.opened();
    objects.opened();

    objects.closed(() -> freed.add("first"));
    assertThat(freed).isEmpty();
    objects.opened();
    objects.closed(() -> freed.add("second"));
    assertThat(freed).isEmpty();
    objects.closed(() -> freed.add("third"));

    assertThat(freed).containsExactly("first", "second", "third");
  }

  @Test
  void closed_theOnlyOne_isFreedAtOnceAndOnce() {
    FreedTogether objects = new FreedTogether();
    List<String> freed = new ArrayList<>();

    for (String name : List.of("a", "b")) {
      objects.opened();
      objects.closed(() -> freed.add(name));
    }

    assertThat(freed).containsExactly("a", "b");
  }
}
