/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.repair.QdqRepair;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * What the repair makes of a classifier that PyTorch quantized, on the 200 test images that are in
 * the repository.
 */
class RepairedClassifierTest {

  @Test
  void run_eagerExportOfResNet_bringsTheAnswersBack() throws IOException {
    IdxFile images = FashionMnist.resource("test-images-idx3-ubyte.gz");
    IdxFile labels = FashionMnist.resource("test-labels-idx1-ubyte.gz");
    OnnxModel export = QuantizedClassifiers.eagerExport();
    OnnxModel repaired = QdqRepair.create().run(export).model();
    // With onnxruntime 1.30: 54 as exported, 188 with every uint8 zero point read as int8.
    assertThat(QuantizedClassifiers.countRight(export, images, labels)).isLessThan(60);
    assertThat(QuantizedClassifiers.countRight(repaired, images, labels)).isBetween(186, 190);
  }
}
