/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilledBatchesTest {

  /** Columns: sizes of the batches of the source, wanted size, batches, samples that count. */
  @ParameterizedTest
  @CsvSource({
    "'2 2', 2, [0 1][2 3], 2 2",
    "'3 2', 2, [0 1][2 3][4 4], 2 2 1",
    "'1 1', 5, [0 1 0 1 0], 2",
    "'4', 1, [0][1][2][3], 1 1 1 1",
    "'0 3', 2, [0 1][2 2], 2 1",
  })
  void next_anySource_givesWholeBatches(String sizes, int wanted, String batches, String counts)
      throws IOException {
    FilledBatches filled = FilledBatches.of(source(sizes), wanted);
    StringBuilder found = new StringBuilder();
    List<String> real = new ArrayList<>();
    for (Optional<TensorBatch> next = filled.next(); next.isPresent(); next = filled.next()) {
      found.append(values(next.get()));
      real.add(Long.toString(filled.sampleCountOfBatch()));
    }

    assertThat(found).hasToString(batches);
    assertThat(String.join(" ", real)).isEqualTo(counts);
  }

  @Test
  void of_sourceThatWasRead_beginsAtItsFirstSample() throws IOException {
    CalibrationSource source = source("2 2");
    source.next();

    assertThat(FilledBatches.of(source, 3).next().map(FilledBatchesTest::values))
        .hasValue("[0 1 2]");
  }

  @Test
  void close_doesNotCloseTheSource() throws IOException {
    CalibrationSource source = source("1");
    FilledBatches.of(source, 1).close();

    assertThat(source.next()).isPresent();
  }

  private static CalibrationSource source(String sizes) {
    List<TensorBatch> batches = new ArrayList<>();
    float next = 0;
    for (String size : sizes.split(" ", -1)) {
      float[] values = new float[Integer.parseInt(size)];
      for (int i = 0; i < values.length; i++) {
        values[i] = next++;
      }
      batches.add(TensorBatch.of(Map.of("x", Tensor.ofFloats(Shape.of(values.length, 1), values))));
    }
    return CalibrationSource.of(batches);
  }

  private static String values(TensorBatch batch) {
    FloatBuffer values = batch.tensor("x").map(Tensor::floats).orElseThrow();
    List<String> texts = new ArrayList<>();
    while (values.hasRemaining()) {
      texts.add(Integer.toString((int) values.get()));
    }
    return texts.toString().replace(",", "");
  }
}
