/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OnnxRuntimeReferenceTest {
  private static final Tensor TWO = Tensor.ofFloats(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);

  @Test
  void run_samples_givesTheOutputsOfTheModel() throws IOException {
    try (OnnxRuntimeReference reference = OnnxRuntimeReference.of(product())) {
      Tensor factor = Tensor.ofFloats(Shape.of(2, 3), 2, 2, 2, 3, 3, 3);
      Map<String, Tensor> outputs = reference.run(Map.of("a", TWO, "b", factor));

      assertThat(outputs).containsOnlyKeys("y");
      assertThat(requireNonNull(outputs.get("y")).floats())
          .isEqualTo(Tensor.ofFloats(Shape.of(6), 2, 4, 6, 12, 15, 18).floats());
      assertThat(reference.floatOutputs()).containsExactly("y");
    }
  }

  @Test
  void run_inputWithoutAxisOfSamples_isFedAsItIs() throws IOException {
    try (OnnxRuntimeReference reference = OnnxRuntimeReference.of(product())) {
      Tensor row = Tensor.ofFloats(Shape.of(1, 3), 1, 0, 1);

      assertThat(requireNonNull(reference.run(Map.of("a", row, "b", TWO)).get("y")).shape())
          .isEqualTo(Shape.of(2, 3));
    }
  }

  @Test
  void run_noInputWithAxes_isRefused() throws IOException {
    try (OnnxRuntimeReference reference = OnnxRuntimeReference.of(product())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> reference.run(Map.of()))
          .withMessage("inputs is {}, expected one with axes");
    }
  }

  @Test
  void run_afterClose_isRefused() throws IOException {
    OnnxRuntimeReference reference = OnnxRuntimeReference.of(product());
    reference.close();
    reference.close();

    assertThatIllegalStateException().isThrownBy(() -> reference.run(Map.of("a", TWO, "b", TWO)));
  }

  private static OnnxModel product() {
    TinyNetwork network = TinyNetwork.ofMatrices("a", "b");
    return network.output(network.add("Mul", "y", List.of("a", "b"))).build();
  }
}
