/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.device.Variant.Network;
import io.github.quant4j.tensorrt.EngineBuildException;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.Precision;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Q4: what TensorRT's parser says of pairs it does not like. Needs a GPU. */
@Tag("gpu")
class ParserGpuTest {

  @ParameterizedTest
  @EnumSource
  void codes_form_isTakenOrRefusedWithWords(CodeForm form) throws IOException {
    EngineBuilder builder =
        builder(
            to -> {
              to.codes(form);
              return network(to);
            });
    String words;
    try {
      words = "built: " + String.join("; ", builder.build().warnings());
    } catch (EngineBuildException e) {
      words = "refused: " + e.getMessage();
    }

    assertThat(words).matches("(?s)" + expected(form));
  }

  /** What TensorRT 10.6 says. */
  private static String expected(CodeForm form) {
    return switch (form) {
      case INT8, WITHOUT_ZERO_POINT -> "built: ";
      case UNSIGNED, WIDE_ZERO_POINT ->
          "built: .*UINT8 zero_point. TensorRT will use INT8 instead.*";
      case OFFSET -> "refused: .*TensorRT only supports symmetric quantization.*";
      case UNSIGNED_CAST -> "refused: .*UINT8 types for intermediate tensors.*";
    };
  }

  @Test
  void codedBias_dequantizeOfInt32_isRefused() {
    EngineBuilder builder =
        builder(
            to -> {
              to.codedBiases();
              return network(to);
            });

    assertThatExceptionOfType(EngineBuildException.class)
        .isThrownBy(builder::build)
        .withMessageContaining("IDequantizeLayer::setPrecision")
        .satisfies(refusal -> assertThat(refusal.parserErrors()).isNotEmpty());
  }

  private static String network(NetworkWriter to) {
    return to.relu(to.conv("c1", to.pair(to.input(32, 16, 16)), 32, 3));
  }

  private static EngineBuilder builder(Network network) {
    Question question =
        Question.of("Q4", 1, List.of(32L, 16L, 16L), Variant.ofInt8("pairs", network));
    Variant variant = question.variants().get(0);
    OnnxModel model = variant.model(1, variant.ranges(question.samples(1)));
    return DeviceRun.builder(model, Precision.INT8).optimizationLevel(0);
  }
}
