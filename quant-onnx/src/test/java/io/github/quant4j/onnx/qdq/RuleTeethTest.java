/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** T54: every rule is missed where it is left out. */
class RuleTeethTest {
  /** Rules that place nothing: they say of operators no other rule quantizes why they are float. */
  private static final Set<Class<? extends PlanningRule>> EXPLAINING =
      Set.of(
          OpaqueOperatorRule.class,
          EmbeddingRule.class,
          NormalizationRule.class,
          GeluRule.class,
          FloatFunctionRule.class);

  private static final Map<Class<? extends PlanningRule>, RuleCorpus.Sample> SAMPLES =
      RuleCorpus.samples();

  static List<Class<? extends PlanningRule>> rules() {
    PlanningRules rules = PlanningRules.of(PlannerOptions.DEFAULT);
    return Stream.concat(rules.operatorRules().stream(), rules.placementRules().stream())
        .<Class<? extends PlanningRule>>map(PlanningRule::getClass)
        .toList();
  }

  @Test
  void rules_ofThePlanner_haveASampleEach() {
    assertThat(rules())
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(SAMPLES.keySet());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void plan_withoutTheRule_isAnother(Class<? extends PlanningRule> rule) {
    RuleCorpus.Sample sample = Objects.requireNonNull(SAMPLES.get(rule), rule.getName());
    PlanningRules all = PlanningRules.of(sample.options());
    PlanningRules others = all.without(rule);

    assertThat(sample.plan(all)).startsWith("{");
    if (EXPLAINING.contains(rule)) {
      assertThat(sample.plan(others)).isNotEqualTo(sample.plan(all));
      assertThat(sample.placement(others)).isEqualTo(sample.placement(all));
    } else {
      assertThat(sample.placement(others)).isNotEqualTo(sample.placement(all));
    }
  }
}
