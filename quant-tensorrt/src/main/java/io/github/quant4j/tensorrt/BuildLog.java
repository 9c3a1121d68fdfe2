/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives what TensorRT logs: forwards it to SLF4J and keeps the last messages.
 *
 * <p>Warnings go out as warnings and VERBOSE as trace. INFO goes out as debug, and so do errors:
 * whoever made the failing call throws them, and nothing is both logged loudly and thrown. Errors
 * and warnings are also kept apart from the rest, so that no flood of details pushes them out.
 *
 * <p>Thread-safe, because TensorRT logs from threads of its own. A failure of the logging backend
 * is swallowed: there is no way to throw through TensorRT.
 */
final class BuildLog {

  /** Keeps the messages of a usual build with its warnings, in less than a megabyte. */
  static final int DEFAULT_CAPACITY = 1_000;

  /** An engine logs as long as it lives, and the reason of a failure comes last. */
  private static final int ERRORS_SHOWN = 4;

  private final Logger logger;
  private final int capacity;
  private final Object lock = new Object();
  private final Deque<BuildMessage> messages = new ArrayDeque<>();
  private final Deque<BuildMessage> errors = new ArrayDeque<>();
  private final Deque<BuildMessage> warnings = new ArrayDeque<>();

  /**
   * Creates a log.
   *
   * @param capacity how many messages, and how many errors, are kept; at least 1
   */
  BuildLog(Logger logger, int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity is %s, must be at least 1".formatted(capacity));
    }
    this.logger = logger;
    this.capacity = capacity;
  }

  static BuildLog create() {
    return new BuildLog(LoggerFactory.getLogger(BuildLog.class), DEFAULT_CAPACITY);
  }

  /** Keeps and forwards one message. */
  void report(Severity severity, String text) {
    BuildMessage message = new BuildMessage(severity, text);
    synchronized (lock) {
      messages.addLast(message);
      if (messages.size() > capacity) {
        messages.removeFirst();
      }
      if (severity.isError()) {
        keepLast(errors, message);
      } else if (severity == Severity.WARNING) {
        keepLast(warnings, message);
      }
    }
    forward(message);
  }

  /** The last messages of all severities, in the order of their arrival. */
  List<BuildMessage> messages() {
    synchronized (lock) {
      return new ArrayList<>(messages);
    }
  }

  /** The last errors, in the order of their arrival, however many other messages came after. */
  List<BuildMessage> errors() {
    synchronized (lock) {
      return new ArrayList<>(errors);
    }
  }

  /** The last warnings, in the order of their arrival, however many other messages came after. */
  List<BuildMessage> warnings() {
    synchronized (lock) {
      return new ArrayList<>(warnings);
    }
  }

  /** The last errors in one line; what to say where there is none. */
  String reason() {
    List<BuildMessage> last = lastErrors();
    return last.isEmpty()
        ? "it gave no reason"
        : last.stream().map(BuildMessage::line).distinct().collect(Collectors.joining("; "));
  }

  /**
   * What to throw where TensorRT could not create something.
   *
   * @param what it, such as "an execution context"
   * @return a {@link CudaException} where memory ran out
   */
  TensorRtException creationFailure(String what) {
    return lastErrors().stream().anyMatch(BuildMessage::isOutOfMemory)
        ? CudaException.outOfMemory("creating " + what, reason())
        : new TensorRtException("TensorRT could not create %s: %s".formatted(what, reason()));
  }

  private List<BuildMessage> lastErrors() {
    List<BuildMessage> errors = errors();
    return errors.subList(Math.max(0, errors.size() - ERRORS_SHOWN), errors.size());
  }

  private void keepLast(Deque<BuildMessage> kept, BuildMessage message) {
    kept.addLast(message);
    if (kept.size() > capacity) {
      kept.removeFirst();
    }
  }

  private void forward(BuildMessage message) {
    try {
      switch (message.severity()) {
        case INTERNAL_ERROR, ERROR -> logger.debug("error: {}", message.text());
        case WARNING -> logger.warn("{}", message.text());
        case INFO -> logger.debug("{}", message.text());
        case VERBOSE -> logger.trace("{}", message.text());
      }
    } catch (RuntimeException | LinkageError brokenBackend) {
      // The message is kept; TensorRT must not meet an exception.
    }
  }
}
