/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.tensorrt.EngineTensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EngineInputsTest {
  private static final Map<String, Tensor> INPUTS =
      Map.of("a", Tensor.ofFloats(Shape.of(1, 2), 1, 2), "b", Tensor.ofFloats(Shape.of(1, 1), 3));

  @Test
  void profile_openInputs_allHaveTheShapesOfTheRun() {
    assertThat(EngineInputs.profile(TinyNetwork.ofMatrices("a", "b").build(), INPUTS))
        .hasValueSatisfying(
            profile ->
                assertThat(profile)
                    .hasToString("{a=[1, 2]..[1, 2]..[1, 2], b=[1, 1]..[1, 1]..[1, 1]}"));
  }

  @Test
  void profile_fixedInput_isEmpty() {
    Tensor x = Tensor.ofFloats(Shape.of(1, 16, 8, 8), new float[1024]);

    assertThat(EngineInputs.profile(TinyNetwork.of(1).build(), Map.of("x", x))).isEmpty();
  }

  @Test
  void of_copyOfABatch_doesNotFollowItsBuffer() {
    ByteBuffer buffer = ByteBuffer.allocate(1);
    Map<String, Tensor> copy =
        EngineInputs.of(
            TensorBatch.of(Map.of("x", Tensor.of(ElementType.INT8, Shape.of(1), buffer))).copy());
    buffer.put(0, (byte) 7);

    assertThat(requireNonNull(copy.get("x")).bytes().get(0)).isZero();
  }

  @Test
  void shape_openFirstAxis_isTheBatchSizeAndTheRestIsOfTheProfile() {
    Shape opt = Shape.of(2, 3);

    assertThat(EngineInputs.shape(input(-1L, -1L), opt, 4)).isEqualTo(Shape.of(4, 3));
    assertThat(EngineInputs.shape(input(2L, 3L), opt, 4)).isEqualTo(opt);
    assertThat(EngineInputs.shape(input(), Shape.of(), 4)).isEqualTo(Shape.of());
  }

  private static EngineTensor input(Long... dimensions) {
    return new EngineTensor("x", ElementType.FLOAT, List.of(dimensions));
  }
}
