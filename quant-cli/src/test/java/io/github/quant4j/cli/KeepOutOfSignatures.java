/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.JavaTypeVariable;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Holds for classes that do not show a type to their users: neither in supertypes and bounds of
 * type parameters, nor in what public and protected members take, return, hold and throw, type
 * arguments included.
 */
final class KeepOutOfSignatures extends ArchCondition<JavaClass> {
  private final DescribedPredicate<JavaClass> hidden;

  KeepOutOfSignatures(DescribedPredicate<JavaClass> hidden) {
    super("keep out of signatures classes that " + hidden.getDescription());
    this.hidden = hidden;
  }

  @Override
  public void check(JavaClass type, ConditionEvents events) {
    check(type, "the head of " + type.getName(), head(type), events);
    for (JavaMember member : type.getMembers()) {
      if (isVisible(member)) {
        check(type, member.getFullName(), signature(member), events);
      }
    }
  }

  private void check(JavaClass type, String place, Stream<JavaType> types, ConditionEvents events) {
    List<JavaClass> found =
        types
            .map(JavaType::getAllInvolvedRawTypes)
            .flatMap(Collection::stream)
            .map(JavaClass::getBaseComponentType)
            .filter(hidden)
            .toList();
    events.add(new SimpleConditionEvent(type, found.isEmpty(), place + " shows " + found));
  }

  private static Stream<JavaType> head(JavaClass type) {
    return Stream.of(
            type.getSuperclass().stream(),
            type.getInterfaces().stream(),
            bounds(type.getTypeParameters()))
        .flatMap(types -> types);
  }

  private static Stream<JavaType> signature(JavaMember member) {
    if (member instanceof JavaField field) {
      return Stream.of(field.getType());
    }
    JavaCodeUnit code = (JavaCodeUnit) member;
    return Stream.of(
            Stream.of(code.getReturnType()),
            code.getParameterTypes().stream(),
            code.getExceptionTypes().stream(),
            bounds(code.getTypeParameters()))
        .flatMap(types -> types);
  }

  private static Stream<JavaType> bounds(List<? extends JavaTypeVariable<?>> parameters) {
    return parameters.stream().map(JavaTypeVariable::getUpperBounds).flatMap(List::stream);
  }

  private static boolean isVisible(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC)
        || member.getModifiers().contains(JavaModifier.PROTECTED);
  }
}
