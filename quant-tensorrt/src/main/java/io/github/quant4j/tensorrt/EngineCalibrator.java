/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.tensorrt.nvinfer.IInt8Calibrator;

/** What gives TensorRT samples during a build, for INT8 without Q/DQ pairs. */
interface EngineCalibrator {

  /** The object that TensorRT calls back; held here as long as a build runs. */
  IInt8Calibrator handle();
}
