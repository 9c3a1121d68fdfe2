/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeepOutOfSignaturesTest {
  @Test
  void check_hiddenUse_holds() {
    assertThat(violations(Hiding.class)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Returning.class,
        Taking.class,
        TakingArray.class,
        Holding.class,
        Throwing.class,
        Bounded.class,
        BoundedHead.class,
        Extending.class
      })
  void check_visibleUse_doesNotHold(Class<?> type) {
    assertThat(violations(type)).hasSize(1).first().asString().contains("java.util.regex.Pattern");
  }

  private static List<String> violations(Class<?> type) {
    return classes()
        .should(new KeepOutOfSignatures(resideInAPackage("java.util.regex..")))
        .evaluate(new ClassFileImporter().importClasses(type))
        .getFailureReport()
        .getDetails();
  }

  static final class Hiding {
    private @Nullable Pattern held;

    Pattern packagePrivate(Pattern pattern) {
      held = held == null ? pattern : held;
      return held;
    }
  }

  interface Returning {
    Map<String, List<? extends Pattern>> method();
  }

  interface Taking {
    void method(Pattern pattern);
  }

  interface TakingArray {
    void method(Pattern[][] patterns);
  }

  abstract static class Holding {
    protected @Nullable Pattern field;
  }

  interface Throwing {
    void method() throws PatternSyntaxException;
  }

  interface Bounded {
    <T extends List<Pattern>> void method();
  }

  interface BoundedHead<T extends List<Pattern>> {}

  abstract static class Extending extends PatternSyntaxException {
    private static final long serialVersionUID = 1L;

    Extending() {
      super("", "", 0);
    }
  }
}
