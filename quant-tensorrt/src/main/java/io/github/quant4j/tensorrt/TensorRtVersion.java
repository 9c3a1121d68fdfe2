/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** A version of TensorRT, from 10.0 on. */
record TensorRtVersion(int major, int minor, int patch) {

  /** Reads the number of getInferLibVersion(): major * 10000 + minor * 100 + patch. */
  static TensorRtVersion from(int libraryVersion) {
    return new TensorRtVersion(
        libraryVersion / 10_000, libraryVersion / 100 % 100, libraryVersion % 100);
  }

  /**
   * Whether code compiled against {@code headers} may call this library: the same major version,
   * and not older, since an older library lacks entries that newer headers call.
   */
  boolean serves(TensorRtVersion headers) {
    return major == headers.major && minor >= headers.minor;
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
