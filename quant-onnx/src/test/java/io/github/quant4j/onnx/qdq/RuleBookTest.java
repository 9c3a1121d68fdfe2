/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RuleBookTest {
  private static final Path PAGE = Path.of("..", "docs", "rules.md");
  private static final Pattern ID_IN_SOURCE = Pattern.compile("\"(P\\d\\d)[:\"]");

  /** Run with -Drules.write=true to write the page instead. */
  @Test
  void page_inDocs_isWhatTheRulesSay() throws IOException {
    if (Boolean.getBoolean("rules.write")) {
      Files.writeString(PAGE, RuleBook.markdown());
    }

    assertThat(PAGE).hasContent(RuleBook.markdown());
  }

  @Test
  void descriptions_ofEveryRule_areGivenInFull() {
    PlanningRules rules = PlanningRules.of(PlannerOptions.DEFAULT);

    assertThat(Stream.concat(rules.operatorRules().stream(), rules.placementRules().stream()))
        .allSatisfy(rule -> assertThat(rule.descriptions()).as("%s", rule.getClass()).isNotEmpty());
    assertThat(rules.descriptions())
        .allSatisfy(
            one -> {
              assertThat(one.id()).matches("P\\d\\d");
              assertThat(List.of(one.pattern(), one.insertion(), one.reason(), one.source()))
                  .as("%s", one.id())
                  .noneMatch(String::isBlank)
                  .noneMatch(text -> text.contains("\n"));
            });
  }

  @Test
  void idsInSources_areAllInTheBook() throws IOException {
    Set<String> used = new TreeSet<>();
    try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
      for (Path source : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
        ID_IN_SOURCE
            .matcher(Files.readString(source))
            .results()
            .map((MatchResult found) -> found.group(1))
            .forEach(used::add);
      }
    }

    assertThat(used).contains("P01", "P46").isSubsetOf(ids());
  }

  @Test
  void idsInPlans_areAllInTheBook() {
    Set<String> used = new TreeSet<>();
    for (long seed = 0; seed < 40; seed++) {
      OnnxModel model = RandomGraph.of(seed);
      PassPipeline.normalization().run(model);
      for (PlanProfile profile : PlanProfile.values()) {
        QuantizationPlan plan = QdqPlanner.create().withProfile(profile).plan(model);
        plan.decisions().forEach(decision -> used.add(decision.why().ruleId()));
        plan.activationPairs().forEach(pair -> used.add(pair.ruleId()));
      }
    }
    used.remove(""); // no rule speaks of the operator

    assertThat(used).hasSizeGreaterThan(8).isSubsetOf(ids());
  }

  private static Set<String> ids() {
    return RuleBook.descriptions().stream().map(RuleDescription::id).collect(Collectors.toSet());
  }
}
