/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelLayout;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the options that shape the model do to it and to the report. */
class QuantizeOptionsTest {
  private QuantizeFixture given;

  @BeforeEach
  void prepare(@TempDir Path folder) throws IOException {
    given = QuantizeFixture.in(folder);
  }

  @Test
  void profile_accuracy_leavesFirstConvolutionsFloat() throws IOException {
    long speed = int8Nodes("--profile", "speed");

    assertThat(int8Nodes("--profile", "accuracy")).isPositive().isLessThan(speed);
    assertThat(int8Nodes()).isEqualTo(speed);
  }

  @Test
  void profile_accuracy_leavesHeadsFloat() throws IOException {
    TinyModels.fixedBatch(given.model(), 2);
    NumpyWriter.writeFloats(given.samples(), new float[2 * TinyModels.FEATURES], 2, 32);

    assertThat(int8Nodes("--profile", "speed")).isEqualTo(1);
    assertThat(int8Nodes("--profile", "accuracy")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "minmax, minmax",
    "percentile, percentile 99.99",
    "ENTROPY, entropy",
    "mse, mse",
  })
  void method_choosesRangesAndIsReported(String option, String reported) throws IOException {
    assertThat(json("--method", option)).containsEntry("method", reported);
    byte[] extremes = bytes("--method", "minmax");
    assertThat(Arrays.equals(bytes("--method", option), extremes))
        .isEqualTo(option.equals("minmax"));
  }

  @Test
  void percentile_isThePartThatRangesHold() throws IOException {
    byte[] all = bytes("--method", "percentile", "--percentile", "100");

    assertThat(all).isEqualTo(bytes("--method", "percentile", "--percentile", "100.0"));
    assertThat(bytes("--method", "percentile", "--percentile", "90")).isNotEqualTo(all);
    assertThat(json("--method", "percentile", "--percentile", "99.90"))
        .containsEntry("method", "percentile 99.9");
  }

  private byte[] bytes(String... options) throws IOException {
    assertThat(given.quantize((Object[]) options).exitCode()).isZero();
    return Files.readAllBytes(given.output());
  }

  @Test
  void includedOperator_isAllThatIsQuantized() throws IOException {
    Map<String, @Nullable Object> json = json("--include-op", "Conv", "--plan");

    assertThat(list(json, "plan"))
        .filteredOn(node -> isInt8(map(node)))
        .isNotEmpty()
        .allSatisfy(node -> assertThat(map(node)).containsEntry("operator", "Conv"));
    assertThat(list(json, "skipped"))
        .filteredOn(node -> "Add".equals(map(node).get("operator")))
        .isNotEmpty()
        .allSatisfy(
            node -> assertThat(map(node)).containsEntry("reason", "not included by option"));
  }

  @Test
  void includedNames_areAllThatIsQuantized() throws IOException {
    String name = firstInt8Node();

    Map<String, @Nullable Object> json =
        json("--include", name, "--include", "no.*such", "--accuracy-target", 0);

    assertThat(json).containsEntry("int8Nodes", 1L);
    assertThat(list(json, "notes"))
        .anySatisfy(note -> assertThat(note).asString().contains("included", "no.*such"));
    assertThat(json("--include", name, "--exclude", name)).containsEntry("int8Nodes", 0L);
  }

  @Test
  void buildMode_strong_writesTheRemainderAsFloat16() throws IOException {
    CommandRun run = given.quantize("--build-mode", "strong");

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("precision    profile speed, build mode strong, weights int8");
    Map<String, @Nullable Object> inspected = inspected();
    assertThat(map(inspected.get("manifest"))).containsEntry("mode", "S");
    assertThat((double) Objects.requireNonNull(inspected.get("float16Share"))).isGreaterThan(0.9);
  }

  @Test
  void classifierAsConv_classifierBehindAPool_hasNoGemm() throws IOException {
    json("--classifier-as-conv");

    assertThat(map(inspected().get("operators"))).doesNotContainKey("Gemm");
  }

  @Test
  void buildMode_weak_keepsFloat32() throws IOException {
    assertThat(json("--build-mode", "weak")).containsEntry("buildMode", "weak");

    assertThat(map(inspected().get("manifest"))).containsEntry("mode", "W");
    assertThat(inspected()).containsEntry("float16Share", 0.0);
  }

  @Test
  void weights_pairs_keepsThemFloat() throws IOException {
    assertThat(json("--weights", "pairs")).containsEntry("weights", "pairs");
    long pairedWeights = QdqCensus.of(OnnxModel.read(given.output()).graph()).weights();
    long bytes = Files.size(given.output());

    json("--weights", "int8");

    QdqCensus int8 = QdqCensus.of(OnnxModel.read(given.output()).graph());
    assertThat(int8.weights()).isEqualTo(pairedWeights).isPositive();
    assertThat(Files.size(given.output())).isLessThan(bytes / 2);
  }

  @Test
  void accuracyTarget_zero_measuresNothing() throws IOException {
    Map<String, @Nullable Object> json = json("--accuracy-target", 0);

    assertThat(list(json, "leftForAccuracy")).isEmpty();
    assertThat(given.quantize("--accuracy-target", 0).out()).contains("accuracy     not measured");
  }

  @Test
  void accuracyTarget_outOfReach_leavesFloatWhatTheShareAllows() throws IOException {
    double plain = int8Share(json("--accuracy-target", 0));

    Map<String, @Nullable Object> json = json("--accuracy-target", 90, "--min-int8-share", 0.6);

    assertThat(json).containsEntry("accuracyTarget", 90.0).containsEntry("minInt8Share", 0.6);
    assertThat(int8Share(json)).isBetween(0.6, plain - 0.05);
    assertThat(list(json, "leftForAccuracy"))
        .isNotEmpty()
        .allSatisfy(
            node -> assertThat(map(node)).containsEntry("rule", "P54").containsEntry("int8", false))
        .anySatisfy(
            node ->
                assertThat(map(node))
                    .extractingByKey("reason", InstanceOfAssertFactories.STRING)
                    .matches("in INT8 it alone takes an output to [0-9.]+ dB"));
  }

  @Test
  void accuracyTarget_outOfReach_isToldWithTheOperators() throws IOException {
    CommandRun run = given.quantize("--accuracy-target", 90, "--min-int8-share", 0.6);

    assertThat(run.out())
        .containsPattern(
            "accuracy     goal 90\\.0 dB, at least 60\\.0 % of multiply-adds INT8,"
                + " [1-9][0-9]* operators left float for it\\R"
                + " {13}[A-Za-z]+ \".*\": in INT8 it alone takes an output to [0-9.]+ dB\\R");
  }

  @Test
  void report_defaults_stateTheArithmetic() throws IOException {
    CommandRun run = given.quantize();

    assertThat(run.out())
        .contains("arithmetic   100.0 % of multiply-adds INT8")
        .contains("accuracy     goal 24.0 dB, 0 operators left float for it");
    // all but the 64 x 10 of the last layer, for one sample
    assertThat(json().get("arithmetic"))
        .isEqualTo(
            Map.of(
                "multiplyAdds",
                40_518_272L,
                "int8MultiplyAdds",
                40_518_272L - 640,
                "int8Share",
                1 - 640.0 / 40_518_272));
    assertThat(json()).containsEntry("accuracyTarget", 24.0).containsEntry("minInt8Share", null);
  }

  @Test
  void planFile_json_holdsThePlan() throws IOException {
    Path file = given.file("plan.JSON");

    Map<String, @Nullable Object> json = json("--plan-file", file);

    Map<String, @Nullable Object> plan = JsonTree.object(Files.readString(file));
    assertThat(plan.get("nodes")).isEqualTo(json.get("nodes"));
    assertThat(plan.get("int8Nodes")).isEqualTo(json.get("int8Nodes"));
    assertThat(list(plan, "activationPairs")).isNotEmpty();
  }

  @Test
  void planFile_text_holdsALineForEveryNode() throws IOException {
    Path file = Files.writeString(given.file("plan.txt"), "an older file");

    long nodes = (long) Objects.requireNonNull(json("--plan-file", file).get("nodes"));

    assertThat(file).content().containsPattern("^[0-9]+ of " + nodes + " nodes INT8\n");
    assertThat(Files.readAllLines(file)).hasSizeGreaterThan((int) nodes);
  }

  @Test
  void externalData_isWrittenBesideTheOutputAndToldOf() throws IOException {
    OnnxModel.read(FashionMnist.RESNET).write(given.model(), ModelLayout.EXTERNAL_DATA);
    Path data = given.file("int8.onnx.data");

    String out = given.quantize().out();

    assertThat(out.lines()).contains("data         " + FileSize.of(data).text());
    Map<String, @Nullable Object> json = json();
    assertThat(json)
        .containsEntry(
            "output",
            Map.of(
                "file",
                given.output().toString(),
                "bytes",
                Files.size(given.output()),
                "dataFiles",
                List.of(Map.of("file", data.toString(), "bytes", Files.size(data)))));
    assertThat((double) Objects.requireNonNull(json.get("ratio"))).isBetween(0.2, 0.4);
    assertThat(given.verified(given.output())).containsKey("outputs");
  }

  private long int8Nodes(Object... options) throws IOException {
    return (long) Objects.requireNonNull(json(options).get("int8Nodes"));
  }

  private String firstInt8Node() throws IOException {
    return list(json("--plan"), "plan").stream()
        .filter(node -> isInt8(map(node)) && "Conv".equals(map(node).get("operator")))
        .map(node -> String.valueOf(map(node).get("node")))
        .findFirst()
        .orElseThrow();
  }

  private Map<String, @Nullable Object> json(Object... options) throws IOException {
    List<Object> all = new ArrayList<>(Arrays.asList(options));
    all.add("--json");
    CommandRun run = given.quantize(all.toArray());
    assertThat(run.err()).isEmpty();
    return JsonTree.object(run.out());
  }

  private Map<String, @Nullable Object> inspected() throws IOException {
    return JsonTree.object(CommandRun.of("inspect", given.output(), "--json").out());
  }

  private static boolean isInt8(Map<String, @Nullable Object> node) {
    return Boolean.TRUE.equals(node.get("int8"));
  }

  private static double int8Share(Map<String, @Nullable Object> json) {
    return (double) Objects.requireNonNull(map(json.get("arithmetic")).get("int8Share"));
  }

  private static List<?> list(Map<String, @Nullable Object> json, String field) {
    return (List<?>) Objects.requireNonNull(json.get(field), field);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> map(@Nullable Object object) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(object);
  }
}
