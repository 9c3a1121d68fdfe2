/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResNet50ModelTest {

  /** 25,557,032 parameters with batch normalizations, which have 26,560 channels. */
  private static final long PARAMETER_COUNT = 25_557_032 - 26_560;

  @Test
  void write_smallPictures_hasTheSizeOfResNet50AndKeepsItsValuesInRange(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("resnet50.onnx");
    ResNet50Model.write(file, 7, 64);
    OnnxModel model = OnnxModel.read(file);

    long parameterCount =
        model.graph().initializers().stream()
            .mapToLong(value -> value.constantShape().orElseThrow().elementCount())
            .sum();
    float[] logits = Reference.floats(Reference.output(model, pictures()));
    double squares = 0;
    for (float logit : logits) {
      squares += (double) logit * logit;
    }

    assertThat(parameterCount).isEqualTo(PARAMETER_COUNT);
    assertThat(logits).hasSize(2 * 1000);
    assertThat(Math.sqrt(squares / logits.length)).isBetween(0.1, 100.0);
  }

  private static TensorBatch pictures() {
    SplittableRandom random = new SplittableRandom(7);
    float[] values = new float[2 * 3 * 64 * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return TensorBatch.of(Map.of("input", Tensor.ofFloats(Shape.of(2, 3, 64, 64), values)));
  }
}
