/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The files are parts of what TensorRT 10.6 told on an H200 of INT8 engines of ResNet-18 ({@code
 * layers-unfused}, {@code layers-fused}) and of MobileNet ({@code layers-compiled}).
 */
class EngineInspectionTest {

  @Test
  void parse_fusedConvolution_hasItsTensorsKernelAndNodes() throws IOException {
    EngineInspection inspection = inspection("layers-fused.json");

    assertThat(inspection.hasDetails()).isTrue();
    assertThat(inspection.bindings()).containsExactly("input", "logits");
    EngineLayer layer = inspection.layers().get(1);
    assertThat(layer.isConvolution()).isTrue();
    assertThat(layer.inputs())
        .extracting(LayerTensor::name)
        .containsExactly(
            "/layers/0/conv1/QuantizeLinear_output_0", "/conv1/QuantizeLinear_output_0");
    assertThat(layer.outputs())
        .containsExactly(
            new LayerTensor(
                "/layers/0/relu2/QuantizeLinear_output_0", List.of(128L, 64L, 32L, 32L), "Int8"));
    assertThat(layer.details().tactic()).startsWith("sm80_xmma_fprop_avdt_dense_int8int8");
    assertThat(layer.details().weights()).isEqualTo("Int8");
    assertThat(layer.details().hasResidual()).isTrue();
    assertThat(layer.details().nodes())
        .hasSize(7)
        .startsWith("/layers/0/conv2/Conv")
        .contains("/layers/0/Add")
        .endsWith("/layers/0/conv1/DequantizeLinear");
    assertThat(inspection.layers().get(2).details())
        .isEqualTo(
            new LayerDetails(
                "0x0000000000000000", "QDQ", "", false, List.of("/pool/DequantizeLinear")));
  }

  @ParameterizedTest
  @CsvSource({"layers-unfused, 1, 1, 1", "layers-fused, 2, 0, 1", "layers-compiled, 2, 0, 1"})
  void parse_realEngine_countsKindsOfLayers(
      String name, int reformats, int pointwise, int withoutTime) throws IOException {
    EngineInspection inspection = inspection(name + ".json");

    assertThat(inspection.reformatCount()).isEqualTo(reformats);
    assertThat(inspection.pointwiseCount()).isEqualTo(pointwise);
    assertThat(inspection.noOpCount()).isEqualTo(withoutTime);
  }

  @Test
  void layersByPrecision_realEngine_countsWhatLayersReadButNotNoOps() throws IOException {
    assertThat(inspection("layers-unfused.json").layersByPrecision().toString())
        .isEqualTo("{INT8=2, FP32=1}");
  }

  @Test
  void layersByPrecision_constantInput_isPassedOver() {
    EngineInspection inspection =
        EngineInspection.parse(
            """
            {"Layers": [{"Name": "k", "LayerType": "kgen", "Outputs": [],
              "Inputs": [{"Name": "literal", "Format/Datatype": "Float"},
                         {"Name": "x", "Format/Datatype": "Half"}]}], "Bindings": ["x"]}""");

    assertThat(inspection.layersByPrecision().toString()).isEqualTo("{FP16=1}");
  }

  @Test
  void parse_namesOnly_knowsNamesAndReformatsByName() {
    EngineInspection inspection =
        EngineInspection.parse(
            """
            {"Layers": ["Reformatting CopyNode for Input Tensor 0 to a + b"
            ,"a + b"
            ,"PWN(c)"],
            "Bindings": ["x"]}""");

    assertThat(inspection.hasDetails()).isFalse();
    assertThat(inspection.layers())
        .extracting(EngineLayer::name)
        .containsExactly("Reformatting CopyNode for Input Tensor 0 to a + b", "a + b", "PWN(c)");
    assertThat(inspection.reformatCount()).isEqualTo(1);
    assertThat(inspection.pointwiseCount()).isEqualTo(1);
  }

  @Test
  void parse_unknownFieldsAndOddValues_arePassedOver() {
    EngineInspection inspection =
        EngineInspection.parse(
            """
            {"New": {"a": [1, {}]}, "Layers": [{"Name": "a + b", "LayerType": "Convolution",
              "BlendFactor": NaN, "Inputs": ["x"], "Outputs": "none", "Later": [[1], {"b": null}],
              "Weights": {"Count": 4, "Type": "Int8", "Extra": [1]}, "HasResidual": 1}],
             "Bindings": null}""");

    EngineLayer layer = inspection.layers().get(0);
    assertThat(layer.inputs()).containsExactly(new LayerTensor("x", List.of(), ""));
    assertThat(layer.outputs()).isEmpty();
    assertThat(layer.details())
        .isEqualTo(new LayerDetails("", "", "Int8", true, List.of("a", "b")));
    assertThat(inspection.bindings()).isEmpty();
  }

  @Test
  void parse_separatorsNotEscaped_splitsNodes() {
    EngineInspection inspection =
        EngineInspection.parse(
            "{\"Layers\": [{\"Name\": \"n\", \"LayerType\": \"kgen\", \"Metadata\":"
                + " \"[ONNX Layer: a[0]]\u001e[ONNX Layer: b][ONNX Layer: b]\"}]}");

    assertThat(inspection.layers().get(0).details().nodes()).containsExactly("a[0]", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "{}", "{\"Layers\": [1]}", "{\"Layers\": [", "Layers:\nName: a"})
  void parse_otherText_saysSoInOneLine(String text) {
    assertThatThrownBy(() -> EngineInspection.parse(text))
        .isInstanceOf(TensorRtException.class)
        .hasMessageStartingWith("layers of the engine cannot be read: ")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource({
    "Int8, INT8",
    "Thirty-two wide channel vectorized row major Int8 format, INT8",
    "Half, FP16",
    "Channel major FP16 format where channel % 8 == 0, FP16",
    "Float, FP32",
    "Row major linear FP32 format, FP32",
    "BFloat16, BF16",
    "Row major linear BF16 format, BF16",
    "Row major FP8 format, FP8",
    "Int4, INT4",
    "UInt8, OTHER",
    "Int32, OTHER",
    "Row major linear INT64 format, OTHER",
    "Bool, OTHER",
    "N/A due to dynamic shapes, UNKNOWN"
  })
  void precision_formatOfTensorRt_isUnderstood(String format, LayerPrecision expected) {
    assertThat(new LayerTensor("x", List.of(), format).precision()).isEqualTo(expected);
  }

  static EngineInspection inspection(String resource) throws IOException {
    try (InputStream in =
        requireNonNull(EngineInspectionTest.class.getResourceAsStream(resource), resource)) {
      return EngineInspection.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
