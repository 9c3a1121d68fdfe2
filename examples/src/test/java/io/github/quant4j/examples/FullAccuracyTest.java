/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.QuantizedModel;
import io.github.quant4j.ptq.TopOneAccuracy;
import io.github.quant4j.ptq.VerificationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What quantization keeps of the real classifiers, on all 10,000 test images: profile {@code full},
 * with the data where {@code tools/fashion-mnist.sh} puts it.
 */
@Tag("full")
class FullAccuracyTest {

  @ParameterizedTest
  @CsvSource({"resnet20_fp32, 0.1", "mobilenet_fp32, 0.2"})
  void quantize_realClassifier_keepsTopOneOnAllTestImages(String name, double allowedDrop)
      throws IOException {
    OnnxModel floatModel = QuantizedClassifiers.floatModel(name);
    QuantizedModel int8 = QuantizedClassifiers.quantize(floatModel);
    VerificationReport report =
        QuantizedClassifiers.verify(
            floatModel,
            int8.model(),
            read("t10k-images-idx3-ubyte.gz"),
            read("t10k-labels-idx1-ubyte.gz"));
    TopOneAccuracy topOne = report.topOne().orElseThrow();
    System.out.println(name + ": " + topOne + ", output " + report.outputs());
    assertThat(topOne.sampleCount()).isEqualTo(10_000);
    assertThat(topOne.dropPoints()).isLessThanOrEqualTo(allowedDrop);
  }

  private static IdxFile read(String name) throws IOException {
    Path file = Path.of(System.getProperty("fashion.mnist"), name);
    assertThat(file)
        .as("run tools/fashion-mnist.sh DIR first and pass -Dfashion.mnist=DIR")
        .isRegularFile();
    return IdxFile.read(Files.newInputStream(file));
  }
}
