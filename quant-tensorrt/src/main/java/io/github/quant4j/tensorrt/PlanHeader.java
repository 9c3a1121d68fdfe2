/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * The first bytes of a plan, as TensorRT 10 writes them: four letters, the size of the whole plan
 * and the version that wrote it. They say why a plan is refused, and refuse that of another
 * version.
 *
 * @param byteCount the size that the plan should have
 * @param version the TensorRT that wrote it
 */
record PlanHeader(long byteCount, TensorRtVersion version) {

  private static final int HEADER_BYTES = 32;
  private static final byte[] MAGIC = {'f', 't', 'r', 't'};
  private static final int SIZE_OFFSET = 16;
  private static final int VERSION_OFFSET = 24;

  /** The header; empty when the bytes do not begin as a plan does. */
  static Optional<PlanHeader> of(byte[] plan) {
    if (plan.length < HEADER_BYTES) {
      return Optional.empty();
    }
    for (int index = 0; index < MAGIC.length; index++) {
      if (plan[index] != MAGIC[index]) {
        return Optional.empty();
      }
    }
    long byteCount = ByteBuffer.wrap(plan).order(ByteOrder.LITTLE_ENDIAN).getLong(SIZE_OFFSET);
    return Optional.of(
        new PlanHeader(
            byteCount,
            new TensorRtVersion(
                plan[VERSION_OFFSET], plan[VERSION_OFFSET + 1], plan[VERSION_OFFSET + 2])));
  }

  /**
   * Returns when there are bytes enough for TensorRT to look at.
   *
   * @param plan the plan
   * @param running the TensorRT that is to load it
   * @throws EngineLoadException if there are fewer than a header has
   */
  static void requireRoom(byte[] plan, TensorRtVersion running) {
    if (plan.length < HEADER_BYTES) {
      throw refusal(plan, running, List.of());
    }
  }

  /**
   * Returns when a plan says that this TensorRT wrote it. TensorRT 10.6 was seen to load one whose
   * header says otherwise; only a plan built with {@code versionCompatibility} is meant to be.
   *
   * @param plan the plan; one without a header is left to TensorRT
   * @param running the TensorRT that is to load it
   * @throws EngineLoadException if another one wrote it
   */
  static void requireVersion(byte[] plan, TensorRtVersion running) {
    if (of(plan).filter(header -> !header.version().equals(running)).isPresent()) {
      throw refusal(plan, running, List.of());
    }
  }

  /**
   * Explains why TensorRT refused a plan.
   *
   * @param plan the plan
   * @param running the TensorRT that refused it
   * @param errors what it said
   */
  static EngineLoadException refusal(
      byte[] plan, TensorRtVersion running, List<BuildMessage> errors) {
    Optional<PlanHeader> header = of(plan);
    if (header.isEmpty()) {
      return new EngineLoadException(
          EngineLoadException.Reason.NOT_A_PLAN,
          "%s bytes do not begin as a TensorRT plan; give what EnginePlan.write wrote"
              .formatted(plan.length),
          errors);
    }
    return header.get().explain(plan.length, running, errors);
  }

  private EngineLoadException explain(
      long found, TensorRtVersion running, List<BuildMessage> errors) {
    if (errors.stream().anyMatch(BuildMessage::isOutOfMemory)) {
      return new EngineLoadException(
          EngineLoadException.Reason.OUT_OF_MEMORY,
          "plan of %s bytes does not fit into the memory of the GPU; close engines and sessions"
                  .formatted(found)
              + " that are not needed",
          errors);
    }
    if (says(errors, "incompatible device")) {
      return new EngineLoadException(
          EngineLoadException.Reason.OTHER_DEVICE,
          "plan was built for another kind of GPU; build it on this one, or with"
              + " hardwareCompatibility",
          errors);
    }
    if (!version.equals(running) || says(errors, "not compatible with this version")) {
      return new EngineLoadException(
          EngineLoadException.Reason.OTHER_VERSION,
          "plan was built by TensorRT %s, this is %s; build it again, or with versionCompatibility"
              .formatted(version, running),
          errors);
    }
    if (byteCount != found) {
      return new EngineLoadException(
          EngineLoadException.Reason.WRONG_SIZE,
          "plan has %s bytes, expected %s as its header says; copy or build it again"
              .formatted(found, byteCount),
          errors);
    }
    return new EngineLoadException(
        EngineLoadException.Reason.OTHER, "TensorRT refused the plan", errors);
  }

  private static boolean says(List<BuildMessage> errors, String words) {
    return errors.stream().anyMatch(error -> error.text().contains(words));
  }
}
