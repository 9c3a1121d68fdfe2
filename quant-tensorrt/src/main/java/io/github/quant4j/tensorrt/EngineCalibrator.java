/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.tensorrt.nvinfer.IInt8Calibrator;

/** What gives TensorRT samples during a build, for INT8 without Q/DQ pairs. */
@SuppressWarnings("deprecation") // for TensorRT 10.15; gone in 11
interface EngineCalibrator {

  /** The object that TensorRT calls back; held here as long as a build runs. */
  IInt8Calibrator handle();
}
