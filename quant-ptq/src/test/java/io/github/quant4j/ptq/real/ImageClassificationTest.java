/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.VerificationReport;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Classifiers of clothes: three convolutional ones of this repository, and a vision transformer
 * that is not in it, to be passed with {@code -Dvit=PATH}.
 */
@Tag("real-models")
class ImageClassificationTest {
  /** One picture of the 200; FullAccuracyTest of examples counts on all 10,000. */
  private static final double LARGEST_DROP_IN_POINTS = 0.5;

  @ParameterizedTest
  @CsvSource({"resnet20_fp32, 0.95", "mobilenet_fp32, 0.80"})
  void quantize_convolutionalNetwork_keepsTopOne(String name, double leastShare)
      throws IOException {
    keepsTopOne(name, Path.of("..", "data", "models", name + ".onnx"), leastShare);
  }

  @Test
  void quantize_visionTransformer_keepsTopOne() throws IOException {
    String path = System.getProperty("vit", "");
    assumeThat(path).as("-Dvit=PATH").isNotEmpty();
    keepsTopOne("vit", Path.of(path), 0.60);
  }

  private static void keepsTopOne(String name, Path file, double leastShare) throws IOException {
    Quantized classifier =
        Quantized.of(name, OnnxModel.read(file), FashionImages.images("calibration", 32));

    VerificationReport report =
        classifier.compare(FashionImages.images("test", 100), FashionImages.labels("test"));

    assertThat(report.topOne().orElseThrow().dropPoints())
        .as("points lost")
        .isLessThanOrEqualTo(LARGEST_DROP_IN_POINTS);
    assertThat(report.worstOutputSqnr()).as("SQNR").isGreaterThan(20);
    assertThat(classifier.int8Share()).as("INT8 share").isGreaterThanOrEqualTo(leastShare);
  }
}
