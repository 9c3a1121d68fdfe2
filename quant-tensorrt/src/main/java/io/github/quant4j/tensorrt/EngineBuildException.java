/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** No engine can be built: options that do not fit, or a model that TensorRT does not take. */
public sealed class EngineBuildException extends TensorRtException
    permits EngineMismatchException, MissingCapabilityException {

  private static final long serialVersionUID = 1L;

  /** As many as a person reads. */
  private static final int MESSAGES_SHOWN = 5;

  /** What the parser said. */
  private final transient List<ParserError> parserErrors;

  /** What the builder said. */
  private final transient List<String> errors;

  /** Whether it said that memory ran out. */
  private final boolean isOutOfMemory;

  EngineBuildException(String message, List<ParserError> parserErrors, List<BuildMessage> log) {
    super(message(message, parserErrors, log));
    this.parserErrors = List.copyOf(parserErrors);
    this.errors = log.stream().map(BuildMessage::line).toList();
    this.isOutOfMemory = isOutOfMemory(log);
  }

  /** What was asked for does not fit. */
  static EngineBuildException refusal(String message) {
    return new EngineBuildException(message, List.of(), List.of());
  }

  /** The parser refused a model. */
  static EngineBuildException parsing(
      String model, List<ParserError> parserErrors, List<BuildMessage> log) {
    return new EngineBuildException(
        "%s cannot be parsed by TensorRT".formatted(model), parserErrors, log);
  }

  /** The builder gave no engine. */
  static EngineBuildException building(String model, List<BuildMessage> log) {
    String message = "no engine could be built of %s".formatted(model);
    return new EngineBuildException(
        isOutOfMemory(log)
            ? message + " as memory of the GPU ran out, free some or lower workspace"
            : message,
        List.of(),
        log);
  }

  /**
   * Returns what the ONNX parser said.
   *
   * @return an unmodifiable list, empty unless parsing failed and after deserialization
   */
  public List<ParserError> parserErrors() {
    return parserErrors == null ? List.of() : parserErrors;
  }

  /**
   * Returns the errors that TensorRT logged.
   *
   * @return an unmodifiable list in their order, one line each; empty after deserialization
   */
  public List<String> errors() {
    return errors == null ? List.of() : errors;
  }

  /**
   * Whether the memory of the GPU ran out.
   *
   * @return true if TensorRT said so
   */
  public boolean isOutOfMemory() {
    return isOutOfMemory;
  }

  private static boolean isOutOfMemory(List<BuildMessage> log) {
    return log.stream().anyMatch(BuildMessage::isOutOfMemory);
  }

  private static String message(
      String message, List<ParserError> parserErrors, List<BuildMessage> log) {
    // The parser logs its errors too: the log is for where the parser has none.
    Stream<String> said =
        parserErrors.isEmpty()
            ? log.stream().map(BuildMessage::line)
            : parserErrors.stream().map(ParserError::toString);
    String details = said.distinct().limit(MESSAGES_SHOWN).collect(Collectors.joining("; "));
    return details.isEmpty() ? message : message + ": " + details;
  }
}
