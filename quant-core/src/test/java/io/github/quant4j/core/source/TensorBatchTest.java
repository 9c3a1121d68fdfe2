/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TensorBatchTest {

  @Test
  void ofKeepsTheOrderOfNames() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : new String[] {"z", "a", "m"}) {
      tensors.put(name, Tensor.ofInts(Shape.of(2), 1, 2));
    }

    TensorBatch batch = TensorBatch.of(tensors);
    tensors.clear();

    assertThat(batch.names()).containsExactly("z", "a", "m");
    assertThat(batch.sampleCount()).isEqualTo(2);
    assertThat(batch.tensor("a")).isPresent();
    assertThat(batch.tensor("b")).isEmpty();
  }

  @Test
  void ofNothingIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> TensorBatch.of(Map.of()));
  }

  @Test
  void ofScalarIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorBatch.of(Map.of("x", Tensor.ofInts(Shape.of(), 1))))
        .withMessage("tensor 'x' is a scalar, expected a first axis of samples");
  }

  @Test
  void ofDifferentSampleCountsIsRefused() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("x", Tensor.ofInts(Shape.of(2), 1, 2));
    tensors.put("y", Tensor.ofInts(Shape.of(1), 1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorBatch.of(tensors))
        .withMessage("tensor 'y' has 1 samples, expected 2 as the tensors before it");
  }

  @Test
  void sliceCutsEveryTensor() {
    TensorBatch batch =
        TensorBatch.of(Map.of("x", Tensor.ofInts(Shape.of(3), 1, 2, 3))).slice(1, 2);

    assertThat(batch.sampleCount()).isEqualTo(2);
    assertThat(batch.tensor("x").orElseThrow().ints().get(0)).isEqualTo(2);
  }

  @Test
  void sliceBeyondTheSamplesIsRefused() {
    TensorBatch batch = TensorBatch.of(Map.of("x", Tensor.ofInts(Shape.of(1), 1)));

    assertThatThrownBy(() -> batch.slice(1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void toStringShowsNamesAndShapes() {
    assertThat(TensorBatch.of(Map.of("x", Tensor.ofInts(Shape.of(1), 1))))
        .hasToString("{x=int32[1]}");
  }
}
