/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.FunctionProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.repair.Defect;
import io.github.quant4j.onnx.repair.FailedRepair;
import io.github.quant4j.onnx.repair.Finding;
import io.github.quant4j.onnx.repair.Remedy.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinterTest {
  private static final Linter LINTER = Linter.create();

  private final ModelBuilder builder = ModelBuilder.create();

  @Test
  void lint_floatModel_notesThatNothingIsQuantized() {
    LintReport report = LINTER.lint(floatModel(17));

    assertThat(report.findings()).extracting(Finding::defect).containsExactly(Defect.NOT_QUANTIZED);
    assertThat(report.hasErrors()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {9, 24})
  void lint_opsetOfTheBounds_isTaken(long opset) {
    assertThat(defects(floatModel(opset))).doesNotContain(Defect.OPERATOR_SET);
  }

  @ParameterizedTest
  @ValueSource(longs = {8, 25})
  void lint_opsetBeyondTheBounds_isAnError(long opset) {
    LintReport report = LINTER.lint(floatModel(opset));

    assertThat(report.hasErrors()).isTrue();
    assertThat(report.findings().get(0).toString())
        .isEqualTo(
            "L02 error at the model: it imports version %s;".formatted(opset)
                + " export the model with version 13 to 21");
  }

  @Test
  void lint_operatorOfOnnxRuntime_isAnError() {
    addOperator("FusedConv", "com.microsoft", "fused");

    assertThat(LINTER.lint(build("fused")).findings())
        .filteredOn(finding -> finding.defect() == Defect.FOREIGN_OPERATOR)
        .singleElement()
        .hasToString(
            "L01 error at node \"fused\", tensor \"fused\": FusedConv of domain \"com.microsoft\";"
                + " save the model before a runtime optimizes it, or export it without this"
                + " operator");
  }

  @Test
  void lint_operatorOfUnknownDomain_isANote() {
    addOperator("Lookup", "com.example", "lookup");
    LintReport report = LINTER.lint(build("lookup"));

    assertThat(report.findings())
        .filteredOn(finding -> finding.defect() == Defect.CUSTOM_OPERATOR)
        .singleElement()
        .extracting(finding -> finding.remedy().text())
        .isEqualTo("register a TensorRT plugin named Lookup");
    assertThat(report.hasErrors()).isFalse();
  }

  @Test
  void lint_callOfALocalFunction_isNoForeignOperator() {
    addOperator("Twice", "com.example", "twice");
    builder
        .model()
        .addFunctions(
            FunctionProto.newBuilder()
                .setDomain("com.example")
                .setName("Twice")
                .addInput("a")
                .addOutput("b")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .addNode(ModelBuilder.node("Add", "b", List.of("a", "a"))));

    assertThat(defects(build("twice")))
        .contains(Defect.NOT_QUANTIZED)
        .doesNotContain(Defect.CUSTOM_OPERATOR, Defect.FOREIGN_OPERATOR);
  }

  @Test
  void lint_foreignOperatorInABody_isFound() {
    builder.input("x", 1);
    GraphProto body =
        GraphProto.newBuilder()
            .setName("body")
            .addNode(node("FastGelu", "com.microsoft", "inside"))
            .addOutput(ModelBuilder.floatValue("inside"))
            .build();
    builder.add("Greater", "condition", List.of("x", "x"));
    builder.add(
        "If",
        "y",
        List.of("condition"),
        ModelBuilder.body("then_branch", body),
        ModelBuilder.body(
            "else_branch",
            body.toBuilder()
                .setNode(0, ModelBuilder.node("Relu", "inside", List.of("x")))
                .build()));

    assertThat(defects(builder.output("y").build()))
        .containsExactlyInAnyOrder(Defect.NOT_QUANTIZED, Defect.FOREIGN_OPERATOR);
  }

  @Test
  void find_nodeTheRepairSpokeOf_isLeftToIt() {
    addOperator("QLinearAdd", "com.microsoft", "sum");
    OnnxModel model = build("sum");
    Finding ofRepair =
        LintReportTest.finding(Defect.INTEGER_OPERATOR, "sum", "sum", Outcome.REPAIRED);

    assertThat(ForeignOperators.find(model, List.of(ofRepair))).isEmpty();
    assertThat(ForeignOperators.find(model, List.of())).hasSize(1);
  }

  @Test
  void lint_modelAPassGivesUpOn_tellsWhatWasFoundUntilThen() {
    Finding before = LintReportTest.finding(Defect.INVALID_SCALE, "q", "x", Outcome.REFUSED);
    Linter linter =
        new Linter(
            ignored -> {
              throw FailedRepair.of("repair pass P failed: node \"q\" lacks input 1", before);
            });
    addOperator("FusedConv", "com.microsoft", "fused");

    LintReport report = linter.lint(build("fused"));

    assertThat(report.findings())
        .extracting(Finding::defect)
        .containsExactly(
            Defect.INVALID_SCALE,
            Defect.REPAIR_FAILED,
            Defect.FOREIGN_OPERATOR,
            Defect.NOT_QUANTIZED);
    assertThat(report.toText())
        .contains("the model: repair pass P failed: node \"q\" lacks input 1; refused: ");
  }

  @Test
  void lint_model_leavesItAsItIs() {
    OnnxModel model = floatModel(17);
    byte[] before = model.toByteArray();

    LINTER.lint(model);

    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @Test
  void lint_modelWithoutStandardOperators_isAnError() {
    addOperator("Lookup", "com.example", "lookup");
    builder.model().removeOpsetImport(0);

    assertThat(LINTER.lint(build("lookup")).toText())
        .contains("the model: it imports no standard operators; refused: export");
  }

  private static List<Defect> defects(OnnxModel model) {
    return LINTER.lint(model).findings().stream().map(Finding::defect).toList();
  }

  private OnnxModel floatModel(long opset) {
    builder.opset(opset).input("x", 1, 4);
    builder.relu("y", "x");
    return build("y");
  }

  private OnnxModel build(String output) {
    return builder.output(output).build();
  }

  private void addOperator(String opType, String domain, String name) {
    builder.input("x", 1, 4);
    builder.graph().addNode(node(opType, domain, name));
    builder.model().addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1));
  }

  private static NodeProto node(String opType, String domain, String name) {
    return ModelBuilder.node(opType, name, List.of("x")).toBuilder().setDomain(domain).build();
  }
}
