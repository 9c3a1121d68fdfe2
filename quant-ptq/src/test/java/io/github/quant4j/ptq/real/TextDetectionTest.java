/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Finders of text on a page: a mobile backbone, a pyramid of sums, transposed convolutions. */
@Tag("real-models")
class TextDetectionTest {

  @ParameterizedTest
  @CsvSource({"ch_PP-OCRv4_det_infer, 16, 0.80", "ch_PP-OCRv3_det_infer, 12, 0.80"})
  void quantize_finder_keepsTheProbabilityMap(String name, double leastSqnr, double leastShare)
      throws IOException {
    Quantized finder =
        Quantized.of(name, Bundled.model("/models/" + name + ".onnx"), Pictures.pages(100, 0, 12));

    double sqnr = finder.compare(Pictures.pages(150, 4, 9)).worstOutputSqnr();

    assertThat(sqnr).as("SQNR").isGreaterThan(leastSqnr);
    assertThat(finder.int8Share()).as("INT8 share").isGreaterThanOrEqualTo(leastShare);
  }
}
