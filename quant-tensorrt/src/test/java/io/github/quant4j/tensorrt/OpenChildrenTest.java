/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OpenChildrenTest {

  private final OpenChildren children = new OpenChildren("engine", "sessions");
  private final AtomicInteger closeCount = new AtomicInteger();

  @Test
  void closeParent_withOpenChildren_saysHowManyAndClosesNothing() {
    Object first = children.open(Object::new);
    children.open(Object::new);
    children.closed(first);

    assertThatIllegalStateException()
        .isThrownBy(() -> children.closeParent(closeCount::incrementAndGet))
        .withMessage("engine has 1 open sessions, close them first");
    assertThat(closeCount).hasValue(0);
    children.requireOpen();
  }

  @Test
  void closeParent_twice_closesOnceAndTakesNoMoreChildren() {
    Object child = children.open(Object::new);
    children.closed(child);
    children.closed(child);

    children.closeParent(closeCount::incrementAndGet);
    children.closeParent(closeCount::incrementAndGet);

    assertThat(closeCount).hasValue(1);
    assertThatIllegalStateException()
        .isThrownBy(() -> children.open(Object::new))
        .withMessage("engine is closed");
  }
}
