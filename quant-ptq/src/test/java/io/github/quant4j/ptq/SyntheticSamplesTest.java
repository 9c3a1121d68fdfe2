/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.EngineTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"INT64", "INT32", "INT8", "UINT8", "BOOL"})
  void of_engineWithIntegers_areOnes(ElementType type) {
    ByteBuffer bytes = ofEngine(type).bytes();
    int size = bytes.remaining() / 6;

    for (int i = 0; i < bytes.remaining(); i++) {
      assertThat(bytes.get(i)).isEqualTo((byte) (i % size == 0 ? 1 : 0));
    }
  }

  @ParameterizedTest
  @CsvSource({"FLOAT16, 0x7C00, 0x3800", "BFLOAT16, 0x7F80, 0x3F00"})
  void of_engineWithHalves_liesBetweenAHalfAndOne(ElementType type, int exponent, int expected) {
    ShortBuffer bits = ofEngine(type).bytes().asShortBuffer();

    assertThat(bits.remaining()).isEqualTo(6);
    while (bits.hasRemaining()) {
      assertThat(bits.get() & exponent).isEqualTo(expected);
    }
  }

  @Test
  void of_engineWithDoubles_isRefusedByName() {
    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() -> ofEngine(ElementType.DOUBLE))
        .withMessage(
            "input \"in\" is of type double, for which no samples can be made up; give samples");
  }

  private static Tensor ofEngine(ElementType type) {
    EngineTensor input = new EngineTensor("in", type, List.of(-1L, 3L));
    return requireNonNull(
        SyntheticSamples.of(List.of(input), Map.of("in", Shape.of(2, 3))).get("in"));
  }
}
