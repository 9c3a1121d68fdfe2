/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDigestTest {

  private static final byte[] MODEL = "model".getBytes(StandardCharsets.UTF_8);

  private final Map<String, Tensor> parameters = new LinkedHashMap<>();

  /* printf modelERROR | sha256sum */
  @Test
  void of_modelAndPolicy_isTheirSha256InMemoryAndOnDisk(@TempDir Path folder) throws IOException {
    ModelFile onDisk = ModelFile.of(Files.write(folder.resolve("m.onnx"), MODEL));

    assertThat(digest())
        .isEqualTo(RunDigest.of(onDisk, parameters, NonFinitePolicy.ERROR))
        .isEqualTo("sha256:b0d32bdfbc8298ccd9e2043e0b311ae58b491c161b693dd93cdf116211450988");
  }

  @Test
  void of_anotherPolicyOrParameter_differs() {
    String without = digest();
    parameters.put("a", Tensor.ofFloats(Shape.of(2), 1f, 2f));
    String with = digest();

    assertThat(List.of(without, RunDigest.of(model(), Map.of(), NonFinitePolicy.EXCLUDE), with))
        .doesNotHaveDuplicates();
    for (Tensor other :
        List.of(
            Tensor.ofFloats(Shape.of(2), 1f, 3f),
            Tensor.ofFloats(Shape.of(1, 2), 1f, 2f),
            Tensor.ofInts(Shape.of(2), 0x3f800000, 0x40000000))) {
      parameters.put("a", other);
      assertThat(digest()).as("%s", other).isNotIn(without, with);
    }
  }

  @Test
  void of_parametersInAnyOrder_isTheSame() {
    parameters.put("b", Tensor.ofInts(Shape.of(1), 1));
    parameters.put("a", Tensor.ofInts(Shape.of(1), 2));
    Map<String, Tensor> turned = new LinkedHashMap<>();
    turned.put("a", Tensor.ofInts(Shape.of(1), 2));
    turned.put("b", Tensor.ofInts(Shape.of(1), 1));

    assertThat(digest()).isEqualTo(RunDigest.of(model(), turned, NonFinitePolicy.ERROR));
  }

  @Test
  void of_fileThatIsMissing_namesIt(@TempDir Path folder) {
    Path missing = folder.resolve("m.onnx");

    assertThatThrownBy(() -> RunDigest.of(ModelFile.of(missing), parameters, NonFinitePolicy.ERROR))
        .isInstanceOf(CalibrationException.class)
        .hasMessageStartingWith("cannot read the model \"%s\": ", missing);
  }

  private String digest() {
    return RunDigest.of(model(), parameters, NonFinitePolicy.ERROR);
  }

  private static ModelFile model() {
    return ModelFile.of(MODEL);
  }
}
