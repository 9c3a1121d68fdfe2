/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.util.List;

/** Times models on a GPU against the float model they were made of. */
interface PlacementBench {
  /**
   * Builds engines and times them in turn.
   *
   * @param models quantized models
   * @return the time of each over that of the float model in FP16; infinite where TensorRT could
   *     not build or run it
   */
  List<Double> ratios(List<OnnxModel> models) throws IOException;
}
