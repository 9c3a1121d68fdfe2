/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.tensorrt.EngineInspection;
import io.github.quant4j.tensorrt.EngineTensor;
import io.github.quant4j.tensorrt.ShapeProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EngineReportTest {
  /** A quantizer at the input, an INT8 convolution and an Add that was not fused into it. */
  private static final String INT8 =
      """
      {"Layers": [
      {"Name": "quantize", "LayerType": "Reformat", "Origin": "QDQ",
       "Inputs": [{"Name": "x", "Dimensions": [8, 3], "Format/Datatype": "Float"}],
       "Outputs": [{"Name": "x8", "Dimensions": [8, 3], "Format/Datatype": "Int8"}]},
      {"Name": "conv", "LayerType": "CaskConvolution",
       "Inputs": [{"Name": "x8", "Dimensions": [8, 3], "Format/Datatype": "Int8"}],
       "Outputs": [{"Name": "c8", "Dimensions": [8, 3], "Format/Datatype": "Int8"}]},
      {"Name": "PWN(add)", "LayerType": "PointWiseV2",
       "Inputs": [{"Name": "c8", "Dimensions": [8, 3], "Format/Datatype": "Int8"},
                  {"Name": "x8", "Dimensions": [8, 3], "Format/Datatype": "Int8"}],
       "Outputs": [{"Name": "y", "Dimensions": [8, 3], "Format/Datatype": "Float"}]}],
      "Bindings": ["x", "y"]}
      """;

  private static final String NAMES_ONLY = "{\"Layers\": [\"conv\"], \"Bindings\": [\"x\", \"y\"]}";

  @Test
  void writeText_int8Engine_tellsOfLayersAndWhatSlowsThemDown() {
    TextLines text = new TextLines();
    report(INT8).writeText(text);

    assertThat(text.toString().lines())
        .containsSubsequence(
            "engine       e.plan, 1,024 bytes",
            "input        x float[-1, 3]",
            "output       y float[8, 3]",
            "shapes       x [1, 3]..[8, 3]..[64, 3]",
            "layers       3: 1 that change type or layout, 1 element by element, 0 without work",
            "reading      int8 2, fp32 1",
            "check        E1 fused-residuals: 1 against it",
            "check        E3 int8-convolutions: passed",
            "layer        CaskConvolution conv: int8 -> int8",
            "layer        PointWiseV2 PWN(add): int8 -> fp32");
  }

  @Test
  void writeText_engineWithoutDetails_saysSoAndChecksNothing() {
    TextLines text = new TextLines();
    report(NAMES_ONLY).writeText(text);

    assertThat(text.toString())
        .contains("note         the engine was built without details of its layers")
        .contains("layer        conv")
        .doesNotContain("check ");
  }

  @Test
  void writeJson_int8Engine_hasAllFieldsInOrder() throws IOException {
    Map<String, @Nullable Object> json = JsonTree.object(JsonText.of(report(INT8)));

    assertThat(json.keySet())
        .containsExactly(
            "command",
            "engine",
            "inputs",
            "outputs",
            "profiles",
            "details",
            "reformats",
            "pointwise",
            "noOps",
            "layersByPrecision",
            "checks",
            "layers");
    assertThat(json)
        .containsEntry("layersByPrecision", Map.of("int8", 2L, "fp32", 1L))
        .containsEntry(
            "inputs",
            List.of(Map.of("name", "x", "elementType", "float", "dimensions", List.of(-1L, 3L))));
    assertThat(json.get("layers"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .contains(
            Map.of(
                "name",
                "conv",
                "type",
                "CaskConvolution",
                "reads",
                List.of("x8 Int8"),
                "writes",
                List.of("c8 Int8")));
  }

  private static EngineReport report(String layers) {
    return new EngineReport(
        new FileSize(Path.of("e.plan"), 1024),
        List.of(new EngineTensor("x", ElementType.FLOAT, List.of(-1L, 3L))),
        List.of(new EngineTensor("y", ElementType.FLOAT, List.of(8L, 3L))),
        List.of(ShapeProfile.parse(List.of("x:1x3,8x3,64x3"))),
        EngineInspection.parse(layers));
  }
}
