/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.function.Supplier;

/** The way to a {@link HandMadeObject}; loads, and says what is missing, where JNA does not. */
final class HandMade {

  private HandMade() {}

  /**
   * Makes something with a native object in it.
   *
   * @param host where this runs
   * @param what what it is needed for, such as "the time of every layer", for the message
   * @throws TensorRtException if the platform is not supported or JNA cannot be used
   */
  static <T> T make(HostPlatform host, String what, Supplier<T> constructor) {
    if (!host.hasItaniumAbi()) {
      throw new TensorRtException(
          "%s is not supported on %s, expected linux-x86_64 or linux-arm64"
              .formatted(what, host.name()));
    }
    try {
      return constructor.get();
    } catch (LinkageError e) {
      throw new TensorRtException(
          "%s needs JNA, which failed: %s; put its jar on the class path, and name a folder from which libraries can be loaded with -Djna.tmpdir"
              .formatted(what, e.toString().lines().findFirst().orElse("")),
          e);
    }
  }
}
