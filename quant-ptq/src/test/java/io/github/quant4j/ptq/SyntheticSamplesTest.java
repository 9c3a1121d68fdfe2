/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyntheticSamplesTest {
  @Test
  void of_quantizedInput_reachesItsRangeAtThreeDeviations() throws IOException {
    OnnxModel model = BrokenExport.quantized(TinyNetwork.harmless().build());
    List<TensorBatch> batches = SyntheticSamples.of(model).orElseThrow();
    assertThat(batches).hasSize(4).allMatch(batch -> batch.sampleCount() == 1);
    // The samples it was quantized on are uniform in (-1, 1), so 127 scales are just below 1.
    double sum = 0;
    long count = 0;
    for (TensorBatch batch : batches) {
      FloatBuffer values = batch.tensor("x").map(Tensor::floats).orElseThrow();
      while (values.hasRemaining()) {
        float value = values.get();
        sum += value * value;
        count++;
      }
    }
    assertThat(Math.sqrt(sum / count)).isCloseTo(1 / 3.0, within(0.02));
  }

  @Test
  void of_sameModel_isTheSame() {
    OnnxModel model = TinyNetwork.harmless().build();
    assertThat(first(model)).isEqualTo(first(model));
  }

  private static FloatBuffer first(OnnxModel model) {
    TensorBatch batch = SyntheticSamples.of(model).orElseThrow().get(0);
    return batch.tensor("x").map(Tensor::floats).orElseThrow();
  }

  @Test
  void of_integerInput_isEmpty() {
    TinyNetwork network = TinyNetwork.ofIds();
    network.add("Identity", "y", List.of("ids"));
    assertThat(SyntheticSamples.of(network.output("y").build())).isEmpty();
  }
}
