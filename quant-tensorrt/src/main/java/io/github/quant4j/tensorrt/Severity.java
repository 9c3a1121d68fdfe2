/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** How much a message of TensorRT matters, the worst first. */
enum Severity {
  INTERNAL_ERROR,
  ERROR,
  WARNING,
  INFO,
  VERBOSE;

  boolean isError() {
    return this == INTERNAL_ERROR || this == ERROR;
  }
}
