/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every question, asked of real engines and of layers made up for it. */
class EngineCheckTest {

  private static final String SUM = "PWN(/layers/0/Add, PWN(/layers/0/relu2/Relu))";

  @Test
  void check_anyEngine_answersEveryQuestionInOrder() throws IOException {
    assertThat(EngineInspectionTest.inspection("layers-fused.json").check(EngineExpectation.int8()))
        .extracting(result -> result.check().label())
        .containsExactly("E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9");
  }

  @ParameterizedTest
  @CsvSource({
    "layers-unfused, E1",
    "layers-fused, E5",
    "layers-compiled, E1 E2 E5",
  })
  void check_realEngine_findsWhatIsWrongWithIt(String name, String expected) throws IOException {
    assertThat(failed(EngineInspectionTest.inspection(name + ".json"), EngineExpectation.int8()))
        .isEqualTo(expected);
  }

  @Test
  void fusedResiduals_sumAlone_namesLayerAndNodes() throws IOException {
    EngineInspection unfused = EngineInspectionTest.inspection("layers-unfused.json");

    assertThat(findings(unfused, EngineExpectation.int8(), EngineCheck.FUSED_RESIDUALS))
        .containsExactly(
            new EngineFinding(
                EngineCheck.FUSED_RESIDUALS,
                List.of(SUM),
                "layer '"
                    + SUM
                    + "' computes '/layers/0/Add', '/layers/0/relu2/Relu' alone, expected it fused"
                    + " into a convolution"));
  }

  @ParameterizedTest
  @CsvSource({
    "PWN(s), PointWiseV2, x:Int8 y:Int8, E1",
    "PWN(Sigmoid), PointWiseV2, x:Int8, ''",
    "PWN(relu), PointWiseV2, x:Int8, E1",
    "PWN(s), PointWiseV2, x:Int8 constant:Int8, ''",
    "conv + PWN(relu), CaskConvolution, x:Int8, ''",
    "__myl_CasAdd_myl1_0, kgen, x:Int8 y:Int8, E1",
    "__myl_CasAddMea_myl1_0, kgen, x:Int8 y:Int8, ''",
    "__myl_CasMul_myl1_0, kgen, x:Int8 y:Int8, ''"
  })
  void fusedResiduals_kindsOfLayers_findsSumsAndRelusAlone(
      String name, String type, String inputs, String expected) {
    assertThat(failed(engine(layer(name, type, inputs, "z:Int8")), EngineExpectation.int8()))
        .isEqualTo(expected);
  }

  @Test
  void fewReformats_onePerBorderAndThoseAtPoolings_areFine() {
    EngineInspection engine =
        engine(
            layer("in", "Reformat", "x:Float", "a:Half"),
            layer("toPool", "Reformat", "a:Half", "b:Half"),
            layer("pool", "CaskPooling", "b:Half", "c:Half"),
            layer("fromPool", "Reformat", "c:Half", "d:Half"),
            layer("out", "Reformat", "d:Half", "z:Float"));

    assertThat(failed(engine, EngineExpectation.int8())).isEmpty();
  }

  @Test
  void fewReformats_secondAtInputAndOneInside_areFound() {
    EngineInspection engine =
        engine(
            layer("first", "Reformat", "x:Float", "a:Half"),
            layer("second", "Reformat", "x:Float", "b:Half"),
            layer("inside", "Reformat", "a:Half", "c:Half"));

    assertThat(findings(engine, EngineExpectation.int8(), EngineCheck.FEW_REFORMATS))
        .extracting(EngineFinding::message)
        .containsExactly(
            "layer 'second' changes the layout from Float to Half, expected none between layers",
            "layer 'inside' changes the layout from Half to Half, expected none between layers");
  }

  @Test
  void int8Convolutions_floatOne_isFoundUnlessItIsExpected() {
    EngineInspection engine = engine(layer("conv + relu", "CaskConvolution", "x:Half", "z:Half"));

    assertThat(findings(engine, EngineExpectation.int8(), EngineCheck.INT8_CONVOLUTIONS))
        .extracting(EngineFinding::message)
        .containsExactly("convolution 'conv + relu' reads Half, expected INT8");
    assertThat(failed(engine, EngineExpectation.int8().floatNodes(List.of("conv")))).isEmpty();
  }

  @Test
  void int8Convolutions_outputQuantizedByTheNextLayer_isFound() {
    EngineInspection engine =
        engine(
            layer("conv", "CaskConvolution", "x:Int8", "a:Half"),
            layer("quantize", "Reformat", "a:Half", "z:Int8"),
            layer("last", "CaskGemmConvolution", "x:Int8", "y:Half"));

    assertThat(findings(engine, EngineExpectation.int8(), EngineCheck.INT8_CONVOLUTIONS))
        .extracting(EngineFinding::message)
        .containsExactly("convolution 'conv' writes Half that is quantized next, expected INT8");
  }

  @ParameterizedTest
  @CsvSource({"x:Int8 y:Int8, 1, ''", "x:Int8 y:Half, 1, E4", "x:Int8 y:Half, 0, ''"})
  void int8Skips_secondInput_mustBeInt8IfItIsAdded(
      String inputs, String hasResidual, String expected) {
    EngineLayer conv =
        layer("conv", "CaskConvolution\", \"HasResidual\": \"" + hasResidual, inputs, "z:Int8");

    assertThat(failed(engine(conv), EngineExpectation.int8())).isEqualTo(expected);
  }

  @Test
  void noFloat32_betweenLayers_isFoundButNotAtOutputs() {
    EngineInspection engine =
        engine(layer("a", "gemm", "x:Half", "m:Float"), layer("b", "gemm", "m:Float", "z:Float"));

    assertThat(findings(engine, EngineExpectation.int8(), EngineCheck.NO_FLOAT32))
        .extracting(EngineFinding::message)
        .containsExactly("layer 'a' writes float32, expected INT8 or FP16");
  }

  @Test
  void noFloat32_outputBehindALayerWithoutWork_isNotFound() {
    EngineInspection engine =
        engine(
            layer("classify", "CaskConvolution", "x:Int8", "m:Float"),
            layer("flatten", "NoOp", "m:Float", "z:Float"));

    assertThat(findings(engine, EngineExpectation.int8(), EngineCheck.NO_FLOAT32)).isEmpty();
  }

  @Test
  void layerCount_more_isFoundWithoutNoOps() throws IOException {
    EngineInspection engine = EngineInspectionTest.inspection("layers-unfused.json");

    assertThat(failed(engine, EngineExpectation.int8().layerCount(3))).isEqualTo("E1");
    assertThat(failed(engine, EngineExpectation.int8().layerCount(2))).isEqualTo("E1 E6");
    assertThatThrownBy(() -> EngineExpectation.int8().layerCount(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer count is 0, expected at least 1");
  }

  @Test
  void predictedGroups_splitGroup_namesItsNodesAndLayers() throws IOException {
    EngineExpectation fused =
        EngineExpectation.int8().groups(List.of(List.of("/layers/0/conv2/Conv", "/layers/0/Add")));

    assertThat(
            findings(
                EngineInspectionTest.inspection("layers-unfused.json"),
                fused,
                EngineCheck.PREDICTED_GROUPS))
        .containsExactly(
            new EngineFinding(
                EngineCheck.PREDICTED_GROUPS,
                List.of("/layers/0/conv2/Constant_2_output_0 + /layers/0/conv2/Conv", SUM),
                "nodes '/layers/0/Add', '/layers/0/conv2/Conv' are in 2 layers, expected them in"
                    + " one"));
    assertThat(failed(EngineInspectionTest.inspection("layers-fused.json"), fused)).isEqualTo("E5");
  }

  @Test
  void cleanLog_suspectLines_areFoundOnce() {
    EngineExpectation expectation =
        EngineExpectation.int8()
            .log(
                List.of(
                    "Missing scale and zero-point for tensor a",
                    "Missing scale and zero-point for tensor a",
                    "Using default stream in enqueueV3()",
                    "UINT8 tensor is treated as INT8"));

    assertThat(findings(engine(), expectation, EngineCheck.CLEAN_LOG))
        .extracting(EngineFinding::message)
        .containsExactly(
            "TensorRT said: Missing scale and zero-point for tensor a",
            "TensorRT said: UINT8 tensor is treated as INT8");
  }

  @Test
  void check_withoutDetailsOrExpectation_saysWhatItCouldNotCheck() {
    EngineInspection names = EngineInspection.parse("{\"Layers\": [\"PWN(relu)\"]}");
    EngineExpectation expectation =
        EngineExpectation.int8().layerCount(1).log(List.of()).groups(List.of(List.of("a")));

    assertThat(names.check(expectation))
        .filteredOn(EngineCheckResult::wasChecked)
        .allMatch(EngineCheckResult::hasPassed)
        .extracting(EngineCheckResult::check)
        .containsExactly(EngineCheck.LAYER_COUNT, EngineCheck.CLEAN_LOG);
    assertThat(names.check(EngineExpectation.int8())).noneMatch(EngineCheckResult::hasPassed);
  }

  @Test
  void check_dynamicShapesLeftOpen_doesNotJudgeTypes() {
    EngineInspection engine =
        engine(layer("conv", "CaskConvolution", "x:N/A_due_to_dynamic_shapes", "z:N/A"));

    assertThat(engine.check(EngineExpectation.int8()))
        .filteredOn(result -> !result.wasChecked())
        .extracting(result -> result.check().label())
        .containsExactly("E3", "E4", "E6", "E7", "E8", "E9");
  }

  private static List<EngineFinding> findings(
      EngineInspection engine, EngineExpectation expectation, EngineCheck check) {
    return engine.check(expectation).stream()
        .filter(result -> result.check() == check)
        .flatMap(result -> result.findings().stream())
        .toList();
  }

  private static String failed(EngineInspection engine, EngineExpectation expectation) {
    return engine.check(expectation).stream()
        .filter(result -> result.wasChecked() && !result.hasPassed())
        .map(result -> result.check().label())
        .collect(Collectors.joining(" "));
  }

  /** An engine with inputs x and y and output z. */
  private static EngineInspection engine(EngineLayer... layers) {
    return new EngineInspection(List.of(layers), List.of("x", "y", "z"));
  }

  /** A layer of tensors such as {@code x:Int8 y:Half}. */
  private static EngineLayer layer(String name, String type, String inputs, String outputs) {
    return EngineInspection.parse(
            """
            {"Layers": [{"Name": "%s", "LayerType": "%s", "Inputs": [%s], "Outputs": [%s]}]}"""
                .formatted(name, type, tensors(inputs), tensors(outputs)))
        .layers()
        .get(0);
  }

  private static String tensors(String tensors) {
    return Arrays.stream(tensors.split(" "))
        .map(tensor -> tensor.split(":"))
        .map(
            parts ->
                "{\"Name\": \"%s\", \"Dimensions\": [1, 8], \"Format/Datatype\": \"%s\"}"
                    .formatted(parts[0], parts[1]))
        .collect(Collectors.joining(", "));
  }
}
