/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.tensorrt.Availability.Unavailable;
import java.util.Set;

/** The way into TensorRT: says whether it is there. Every method may be called from any thread. */
public final class TensorRt {

  /**
   * The system property that keeps this module away from native code: {@value}. It is on when it is
   * empty or "true", and it is read when {@link #availability()} is first called.
   */
  public static final String DISABLED_PROPERTY = "quant4j.tensorrt.disabled";

  private TensorRt() {}

  /**
   * Whether TensorRT can build engines here, and if not, what is missing.
   *
   * <p>The first call looks; later calls return the same answer, because a JVM does not load a
   * native library again after a failure. Nothing is thrown for a missing piece. Where a piece is
   * missing, the first call takes milliseconds. Where all are there, it loads TensorRT, creates a
   * CUDA context on the calling thread's current device, and creates and deletes a builder: only
   * that proves that engines can be built.
   *
   * @return what was found, or what is missing and how to get it
   */
  public static Availability availability() {
    return Probed.ANSWER;
  }

  /**
   * Returns when TensorRT can be used.
   *
   * @throws TensorRtUnavailableException if a piece is missing, with what the JVM threw as the
   *     cause
   */
  public static void verifyAvailable() {
    verify(availability());
  }

  /**
   * Returns what this TensorRT can do on the current GPU. A build that asks for something else is
   * refused with a {@link MissingCapabilityException}.
   *
   * @return an unmodifiable set in the order of the enum
   * @throws TensorRtUnavailableException if a piece is missing
   */
  public static Set<Capability> capabilities() {
    verifyAvailable();
    return Capability.of(TensorRtCalls.version(), CudaCalls.currentDevice());
  }

  static void verify(Availability availability) {
    if (availability instanceof Unavailable unavailable) {
      throw new TensorRtUnavailableException(unavailable);
    }
  }

  /** Loaded by the first call of {@link #availability()}; the probe turns failures into answers. */
  private static final class Probed {
    static final Availability ANSWER = AvailabilityProbe.create(System.getProperties()).run();
  }
}
