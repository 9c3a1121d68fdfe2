/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

class LintCommandTest {
  private static final int GELUS = 12;

  private Path folder;
  private Path gelus;

  @BeforeEach
  void write(@TempDir Path empty) throws IOException {
    folder = empty;
    gelus = TinyModels.gelus(folder.resolve("gelus 1.onnx"), GELUS);
  }

  @Test
  void lint_floatModel_isFreeOfErrors() {
    CommandRun run = CommandRun.of("lint", FashionMnist.RESNET);

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "model        " + FashionMnist.RESNET + ", 1,095,551 bytes",
            "note L03: nothing in the model is quantized",
            "  expected: a quantized model",
            "  the model: no node quantizes, dequantizes or computes on codes; kept: there is"
                + " nothing to repair; quantize the model",
            "0 errors, 0 warnings, 1 note; the repair mends 0, cannot mend 0");
  }

  @Test
  void lint_ownOutput_hasNothingToMend(@TempDir Path empty) throws IOException {
    QuantizeFixture given = QuantizeFixture.in(empty);
    assertThat(given.quantize().exitCode()).isZero();

    CommandRun run = CommandRun.of("lint", given.output());

    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines())
        .noneMatch(line -> line.startsWith("error ") || line.startsWith("warning "));
  }

  @Test
  void lint_errors_failWithOneLine() {
    CommandRun run = CommandRun.of("lint", gelus);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualToIgnoringNewLines("quant: \"" + gelus + "\" has 12 errors");
    assertThat(run.out().lines())
        .contains("error L01: an operator of another domain that TensorRT has no importer for")
        .contains("  2 more", "12 errors, 0 warnings, 1 note; the repair mends 0, cannot mend 12");
    assertThat(run.out()).contains("\"gelu9\"").doesNotContain("\"gelu10\"");
  }

  @Test
  void lint_all_showsEveryFinding() {
    assertThat(CommandRun.of("lint", gelus, "--all").out())
        .contains("\"gelu11\"")
        .doesNotContain(" more");
  }

  @Test
  void lint_json_hasAllFieldsInOrder() throws IOException {
    CommandRun run = CommandRun.of("lint", gelus, "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEqualTo(CommandRun.of("lint", gelus, "--format", "JSON").out());
    Map<String, @Nullable Object> json = JsonTree.object(run.out());
    assertThat(json.keySet())
        .containsExactly("command", "model", "errors", "warnings", "notes", "findings");
    assertThat(json).containsEntry("errors", 12L).containsEntry("notes", 1L);
    assertThat(json.get("findings"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .hasSize(GELUS + 1)
        .first(InstanceOfAssertFactories.MAP)
        .containsEntry("node", "gelu0")
        .containsOnlyKeys(
            "rule", "severity", "node", "tensor", "found", "expected", "outcome", "remedy");
  }

  /** The format requires of a log, run, tool, rule, result and location what is looked for here. */
  @Test
  void lint_sarif_hasWhatTheFormatRequires() throws IOException {
    CommandRun run = CommandRun.of("lint", gelus, "--format", "sarif");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isASCII();
    Map<String, @Nullable Object> log = JsonTree.object(run.out());
    assertThat(log)
        .containsEntry("version", "2.1.0")
        .containsOnlyKeys("$schema", "version", "runs");
    Map<String, Object> found = objects(log, "runs").get(0);
    Map<String, Object> driver = object(object(found, "tool"), "driver");
    assertThat(driver).containsEntry("name", "Quant4J");
    List<Map<String, Object>> rules = objects(driver, "rules");
    rules.forEach(LintCommandTest::assertRule);
    List<Map<String, Object>> results = objects(found, "results");
    assertThat(results).hasSize(GELUS + 1);
    for (Map<String, Object> result : results) {
      assertThat(rules).extracting(rule -> rule.get("id")).containsOnlyOnce(result.get("ruleId"));
      assertLevel(result.get("level"));
      assertText(result, "message");
      assertThat(object(result, "properties")).containsKeys("outcome", "remedy");
      Map<String, Object> location = objects(result, "locations").get(0);
      Map<String, Object> artifact =
          object(object(location, "physicalLocation"), "artifactLocation");
      assertThat((String) artifact.get("uri")).startsWith("file:///").endsWith("gelus%201.onnx");
      if (location.containsKey("logicalLocations")) {
        assertThat(objects(location, "logicalLocations"))
            .allSatisfy(
                place ->
                    assertThat(place)
                        .containsOnlyKeys("name", "fullyQualifiedName", "kind")
                        .containsEntry("kind", "element"));
      }
    }
  }

  @Test
  void lint_sarifOfModelBelowTheWorkingFolder_hasARelativeUri(
      @TempDir(factory = BelowWorkingFolder.class) Path below) throws IOException {
    Path file = TinyModels.gelus(below.resolve("gelus 1.onnx"), 1);

    assertThat(CommandRun.of("lint", file.toAbsolutePath(), "--format", "sarif").out())
        .contains("\"target/" + below.getFileName() + "/gelus%201.onnx\"");
  }

  @Test
  void lint_missingFile_isOneLine() {
    CommandRun run = CommandRun.of("lint", folder.resolve("missing.onnx"));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("quant: model \"").containsOnlyOnce("\n");
  }

  private static void assertRule(Map<String, Object> rule) {
    assertThat((String) rule.get("id")).matches("[RL][0-9][0-9]");
    assertThat((String) rule.get("name")).matches("([A-Z][a-z0-9]+)+");
    for (String text : List.of("shortDescription", "fullDescription", "help")) {
      assertText(rule, text);
    }
    assertLevel(object(rule, "defaultConfiguration").get("level"));
  }

  private static void assertLevel(@Nullable Object level) {
    assertThat(Set.of("error", "warning", "note")).contains(String.valueOf(level));
  }

  private static void assertText(Map<String, Object> owner, String name) {
    assertThat((String) object(owner, name).get("text")).isNotBlank();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Map<String, ?> owner, String name) {
    return (Map<String, Object>) requireNonNull(owner.get(name));
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> objects(Map<String, ?> owner, String name) {
    return (List<Map<String, Object>>) requireNonNull(owner.get(name));
  }

  /** Makes temporary folders where builds write, which is below the folder tests run in. */
  private static final class BelowWorkingFolder implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
        throws IOException {
      return Files.createTempDirectory(Path.of("target"), "lint");
    }
  }
}
