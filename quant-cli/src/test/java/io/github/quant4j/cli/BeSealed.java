/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Holds for sealed classes, which ArchUnit does not know of. */
final class BeSealed extends ArchCondition<JavaClass> {
  BeSealed() {
    super("be sealed");
  }

  @Override
  public void check(JavaClass type, ConditionEvents events) {
    events.add(
        new SimpleConditionEvent(
            type, isSealed(type), "class " + type.getName() + " can be extended by anybody"));
  }

  private static boolean isSealed(JavaClass type) {
    try {
      return Class.forName(type.getName(), false, BeSealed.class.getClassLoader()).isSealed();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("imported class " + type.getName() + " is gone", e);
    }
  }
}
