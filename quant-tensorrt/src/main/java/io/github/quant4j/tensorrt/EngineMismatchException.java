/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;

/**
 * An engine was built that answers unlike the reference of its {@link AnswerCheck}. It is not
 * handed out.
 */
public final class EngineMismatchException extends EngineBuildException {

  private static final long serialVersionUID = 1L;

  /** How far each output agrees. */
  private final transient List<OutputAgreement> agreements;

  EngineMismatchException(String message, List<OutputAgreement> agreements) {
    super(message, List.of(), List.of());
    this.agreements = List.copyOf(agreements);
  }

  /**
   * Returns how far the outputs agree with the reference.
   *
   * @return an unmodifiable list, one for every output in the order of the engine; empty where an
   *     output has another type or shape than the reference's, and after deserialization
   */
  public List<OutputAgreement> agreements() {
    return agreements == null ? List.of() : agreements;
  }
}
