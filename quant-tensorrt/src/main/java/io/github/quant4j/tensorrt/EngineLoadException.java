/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;
import java.util.stream.Collectors;

/** A plan cannot be made an engine of. */
public final class EngineLoadException extends TensorRtException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  private final Reason reason;

  /** What TensorRT said. */
  private final transient List<String> errors;

  EngineLoadException(Reason reason, String message, List<BuildMessage> errors) {
    super(
        errors.isEmpty()
            ? message
            : errors.stream()
                .map(BuildMessage::line)
                .distinct()
                .collect(Collectors.joining("; ", message + " (TensorRT: ", ")")));
    this.reason = reason;
    this.errors = errors.stream().map(BuildMessage::line).toList();
  }

  /**
   * Returns why the plan was refused.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }

  /**
   * Returns the errors that TensorRT logged.
   *
   * @return an unmodifiable list in their order, one line each; empty after deserialization
   */
  public List<String> errors() {
    return errors == null ? List.of() : errors;
  }

  /** Why a plan is refused. */
  public enum Reason {
    /** The bytes are something else. */
    NOT_A_PLAN,
    /** Bytes are missing at the end, or there are too many. */
    WRONG_SIZE,
    /** It does not have the digest that is beside it. */
    CHANGED,
    /** Another version of TensorRT built it. */
    OTHER_VERSION,
    /** It was built for another kind of GPU. */
    OTHER_DEVICE,
    /** The memory of the GPU does not suffice. */
    OUT_OF_MEMORY,
    /** TensorRT said what is in the message. */
    OTHER
  }
}
