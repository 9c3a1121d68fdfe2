/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.tensorrt.EngineBuilder;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** What the options tell TensorRT, in the words of the builder. */
class EngineOptionsTest {
  private QuantizeFixture given;

  @BeforeEach
  void prepare(@TempDir Path folder) throws IOException {
    given = QuantizeFixture.in(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-- | FP16",
        "--precision=bf16 | BF16",
        "--precision=TF32 --level=5 | TF32, optimization level 5",
        "--strongly-typed --no-timing-cache | strongly typed, no timing cache",
        "--workspace=2 | FP16, memory pools {WORKSPACE=2097152}",
        "--sparsity --refit | FP16, sparsity, refit",
        "--hardware-compatible | FP16, hardware compatibility",
        "--version-compatible --level=0 | FP16, optimization level 0, version compatibility",
      })
  void applyTo_floatModel_isWhatWasAskedFor(String options, String expected) throws IOException {
    assertThat(built(given.model(), false, options.split(" ", -1))).isEqualTo(expected);
  }

  @Test
  void applyTo_floatModelWithRanges_isInt8() throws IOException {
    assertThat(built(given.model(), true)).startsWith("INT8");
  }

  @ParameterizedTest
  @EnumSource(BuildMode.class)
  void applyTo_quantizedModel_isTypedAsItWasMadeFor(BuildMode mode) throws IOException {
    given.quantize("--build-mode", ChoiceConverter.word(mode), "--accuracy-target", 0);

    assertThat(built(given.output(), false))
        .startsWith(mode == BuildMode.STRONGLY_TYPED ? "strongly typed" : "INT8");
    assertThat(built(given.output(), false, "--strongly-typed")).isEqualTo("strongly typed");
  }

  private static String built(Path model, boolean hasRanges, String... arguments)
      throws IOException {
    EngineOptions options = new EngineOptions();
    new CommandLine(options).parseArgs(arguments);
    return options.applyTo(EngineBuilder.of(model), OnnxModel.read(model), hasRanges).toString();
  }
}
