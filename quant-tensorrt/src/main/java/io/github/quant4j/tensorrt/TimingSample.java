/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/**
 * The times of one run, in milliseconds.
 *
 * @param enqueue what the host took to queue the work of the engine
 * @param hostToDevice what the copies of the inputs took
 * @param compute what the engine took on the GPU
 * @param deviceToHost what the copies of the outputs took
 */
record TimingSample(double enqueue, double hostToDevice, double compute, double deviceToHost) {

  /** From the first copy to the last, as trtexec adds it up. */
  double latency() {
    return hostToDevice + compute + deviceToHost;
  }
}
