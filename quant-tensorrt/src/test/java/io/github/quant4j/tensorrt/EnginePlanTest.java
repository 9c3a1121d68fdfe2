/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.tensorrt.EngineLoadException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class EnginePlanTest {

  private static final int PLAN_BYTES = 1 << 20;

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no limit on the size of a file")
  void write_noRoomForThePlan_namesFileAndSizeAndLeavesTheOldOneAlone(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("m.plan"), "old");
    List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -f 8; exec \"$@\"", "sh"));
    command.addAll(JavaProcess.of(Writer.class, file.toString()).command());

    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(said).isEqualTo(1);
    assertThat(said)
        .contains(
            "FileSystemException: %s: plan of %s bytes cannot be written: "
                .formatted(file, PLAN_BYTES),
            "; make room or choose another folder");
    assertThat(file).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("m.plan");
  }

  @Test
  void write_folderThatIsNotThere_isRefusedAsItIs(@TempDir Path folder) {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> plan(1).write(folder.resolve("none/m.plan")));
  }

  @Test
  void write_overAnotherPlan_isReadBackAndHasItsDigestBeside(@TempDir Path folder)
      throws IOException {
    PlanFile file = new PlanFile(folder.resolve("m.plan"));
    file.write(new byte[] {1, 2});

    plan(3).write(file.path());

    assertThat(file.read()).containsExactly(0, 0, 0);
    // head -c 3 /dev/zero | sha256sum
    assertThat(folder.resolve("m.plan.sha256"))
        .hasContent("709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c  m.plan\n");
  }

  @Test
  void read_planThatChanged_isRefusedUntilTheDigestIsDeleted(@TempDir Path folder)
      throws IOException {
    PlanFile file = new PlanFile(folder.resolve("m.plan"));
    file.write(new byte[3]);
    byte[] changed = {0, 1, 0};
    Files.write(file.path(), changed);

    assertThatExceptionOfType(EngineLoadException.class)
        .isThrownBy(file::read)
        .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.CHANGED))
        .withMessageContainingAll("'" + file.path() + "'", "709e80c8", "'m.plan.sha256'");
    Files.delete(folder.resolve("m.plan.sha256"));
    assertThat(file.read()).isEqualTo(changed);
  }

  private static EnginePlan plan(int byteCount) {
    return new EnginePlan(
        new byte[byteCount],
        new BuildFacts(
            Duration.ZERO,
            List.of(),
            "10.6.0",
            new GpuDevice("NVIDIA H200", 9, 0, 1),
            false,
            "FP16"));
  }

  /** Writes a plan where there is no room for it. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws IOException {
      plan(PLAN_BYTES).write(Path.of(arguments[0]));
    }
  }
}
