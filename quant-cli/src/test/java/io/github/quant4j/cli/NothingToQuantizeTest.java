/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that come out as they went in, and say so. */
class NothingToQuantizeTest {
  private static final int ROWS = 6;

  private QuantizeFixture given;

  @BeforeEach
  void prepare(@TempDir Path folder) throws IOException {
    given = QuantizeFixture.in(folder);
    float[] values = new float[ROWS * TinyModels.FEATURES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 11 - 5) / 5f;
    }
    NumpyWriter.writeFloats(given.samples(), values, ROWS, TinyModels.FEATURES);
  }

  @Test
  void quantize_arithmeticInBodiesOnly_passesTheModelThrough() throws IOException {
    TinyModels.recurrentBodies(given.model());

    CommandRun run = given.quantize();

    assertPassedThrough(run);
    assertThat(run.out()).contains("nodes        0 of 4 INT8", "arithmetic   none INT8");
    assertThat(given.verified(given.output()))
        .extractingByKey("outputs")
        .asString()
        .contains("tensor=y", "sqnrDecibels=Infinity");
  }

  @Test
  void quantize_operatorOfAnotherDomain_passesTheModelThrough() throws IOException {
    TinyModels.unusual(given.model());

    CommandRun run = given.quantize("--build-mode", "strong");

    assertPassedThrough(run);
    assertThat(run.out()).contains("nodes        0 of 1 INT8");
  }

  @Test
  void quantize_everythingExcluded_passesTheModelThrough() throws IOException {
    TinyModels.fixedBatch(given.model(), 2);

    CommandRun run = given.quantize("--exclude", ".*");

    assertPassedThrough(run);
    assertThat(run.out()).contains("as it was read: 1 x excluded by option");
  }

  @Test
  void quantize_nothingAsJson_isNoted() throws IOException {
    TinyModels.recurrentBodies(given.model());

    Map<String, @Nullable Object> json = JsonTree.object(given.quantize("--json").out());

    assertThat(json)
        .containsEntry("int8Nodes", 0L)
        .containsEntry("ratio", 1.0)
        .containsEntry("arithmetic", null)
        .containsEntry("leftForAccuracy", List.of());
    assertThat(json.get("notes")).asString().contains("nothing is quantized");
  }

  private void assertPassedThrough(CommandRun run) throws IOException {
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains(
            "note         nothing is quantized, the model is written as it was read",
            "accuracy     not measured");
    assertThat(OnnxModel.read(given.output()).toByteArray())
        .isEqualTo(OnnxModel.read(given.model()).toByteArray());
    assertThat(Files.size(given.output())).isEqualTo(Files.size(given.model()));
  }
}
