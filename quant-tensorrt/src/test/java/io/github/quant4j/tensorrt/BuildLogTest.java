/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildLogTest {

  private final RecordingLogger logger = new RecordingLogger();

  @ParameterizedTest
  @CsvSource({
    "INTERNAL_ERROR, DEBUG error: text {}",
    "ERROR, DEBUG error: text {}",
    "WARNING, WARN text {}",
    "INFO, DEBUG text {}",
    "VERBOSE, TRACE text {}"
  })
  void message_ofASeverity_goesOutAtItsLevelUnchanged(Severity severity, String line) {
    new BuildLog(logger, 10).report(severity, "text {}");

    assertThat(logger.lines()).containsExactly(line);
  }

  @Test
  void moreMessagesThanCapacity_keepsTheLast() {
    BuildLog log = new BuildLog(logger, 2);

    for (String text : List.of("one", "two", "three", "four", "five")) {
      log.report(Severity.INFO, text);
    }

    assertThat(log.messages()).extracting(BuildMessage::text).containsExactly("four", "five");
  }

  @Test
  void errorAndWarningBeforeFloodOfDetails_areKept() {
    BuildLog log = new BuildLog(logger, 2);
    log.report(Severity.ERROR, "the reason");
    log.report(Severity.WARNING, "the warning");

    for (int index = 0; index < 10; index++) {
      log.report(Severity.VERBOSE, "detail " + index);
    }

    assertThat(log.errors()).containsExactly(new BuildMessage(Severity.ERROR, "the reason"));
    assertThat(log.warnings()).containsExactly(new BuildMessage(Severity.WARNING, "the warning"));
    assertThat(log.messages()).hasSize(2);
  }

  @Test
  void creationFailure_withoutMemory_isThatOfCuda() {
    BuildLog log = new BuildLog(logger, 10);
    assertThat(log.creationFailure("a context"))
        .isNotInstanceOf(CudaException.class)
        .hasMessage("TensorRT could not create a context: it gave no reason");

    log.report(Severity.ERROR, "Error Code 2: OutOfMemory (Requested size was 8 bytes.)");

    assertThat(log.creationFailure("a context"))
        .isInstanceOfSatisfying(CudaException.class, e -> assertThat(e.isOutOfMemory()).isTrue())
        .hasMessageStartingWith(
            "creating a context failed: cudaErrorMemoryAllocation (Error Code 2")
        .hasMessageContaining("; close sessions and engines");
  }

  @Test
  void moreErrorsThanCapacity_keepsTheLast() {
    BuildLog log = new BuildLog(logger, 2);

    log.report(Severity.ERROR, "one");
    log.report(Severity.INTERNAL_ERROR, "two");
    log.report(Severity.ERROR, "three");

    assertThat(log.errors()).extracting(BuildMessage::text).containsExactly("two", "three");
  }

  @Test
  void reason_ofManyErrors_isTheLastOnOneLine() {
    BuildLog log = new BuildLog(logger, 10);
    assertThat(log.reason()).isEqualTo("it gave no reason");

    for (String text : List.of("one", "two", "three", "three", " of two\n  lines ", "five")) {
      log.report(Severity.ERROR, text);
    }

    assertThat(log.reason()).isEqualTo("three; of two lines; five");
  }

  @Test
  void warnings_areNoErrors() {
    BuildLog log = new BuildLog(logger, 2);

    log.report(Severity.WARNING, "careful");

    assertThat(log.errors()).isEmpty();
  }

  @Test
  void backendThrows_messageIsKeptAndNothingIsThrown() {
    BuildLog log = new BuildLog(logger, 2);
    logger.breakWith(new IllegalStateException("disk full"));

    log.report(Severity.ERROR, "the reason");

    assertThat(log.errors()).extracting(BuildMessage::text).containsExactly("the reason");
  }

  @Test
  void severalThreads_noMessageIsLost() throws InterruptedException {
    BuildLog log = new BuildLog(logger, 100);
    List<Thread> threads = new ArrayList<>();
    for (int number = 0; number < 4; number++) {
      Thread thread =
          new Thread(
              () -> {
                for (int index = 0; index < 1_000; index++) {
                  log.report(Severity.INFO, "message");
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(log.messages()).hasSize(100);
    assertThat(logger.lines()).hasSize(4_000);
  }

  @Test
  void messages_readBeforeAnotherArrives_doNotChange() {
    BuildLog log = new BuildLog(logger, 2);
    List<BuildMessage> before = log.messages();

    log.report(Severity.INFO, "later");

    assertThat(before).isEmpty();
  }

  @Test
  void defaultLog_keepsMessages() {
    BuildLog log = BuildLog.create();

    log.report(Severity.VERBOSE, "detail");

    assertThat(log.messages()).containsExactly(new BuildMessage(Severity.VERBOSE, "detail"));
  }

  @Test
  void noCapacity_isRefused() {
    assertThatThrownBy(() -> new BuildLog(logger, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity is 0, must be at least 1");
  }
}
