/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.tensorrt.EngineLoadException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanHeaderTest {

  private static final TensorRtVersion RUNNING = new TensorRtVersion(10, 6, 0);

  @Test
  void refusal_bytesOfAnotherKind_isNotAPlan() {
    for (byte[] bytes :
        List.of(new byte[0], "ftrt".getBytes(StandardCharsets.US_ASCII), new byte[100])) {
      EngineLoadException refusal = PlanHeader.refusal(bytes, RUNNING, List.of());

      assertThat(refusal.reason()).as("%s bytes", bytes.length).isEqualTo(Reason.NOT_A_PLAN);
      assertThat(refusal).hasMessageStartingWith(bytes.length + " bytes do not begin as a");
    }
  }

  @Test
  void requireRoom_lessThanAHeader_isRefused() {
    PlanHeader.requireRoom(new byte[32], RUNNING);

    assertThatExceptionOfType(EngineLoadException.class)
        .isThrownBy(() -> PlanHeader.requireRoom(Arrays.copyOf(plan(RUNNING), 31), RUNNING))
        .matches(refusal -> refusal.reason() == Reason.NOT_A_PLAN);
  }

  @Test
  void requireVersion_planOfAnotherVersion_isRefused() {
    PlanHeader.requireVersion(plan(RUNNING), RUNNING);
    PlanHeader.requireVersion(new byte[100], RUNNING);

    assertThatExceptionOfType(EngineLoadException.class)
        .isThrownBy(() -> PlanHeader.requireVersion(plan(new TensorRtVersion(10, 7, 0)), RUNNING))
        .matches(refusal -> refusal.reason() == Reason.OTHER_VERSION);
  }

  @Test
  void refusal_planCutShort_namesBothSizes() {
    EngineLoadException refusal =
        PlanHeader.refusal(Arrays.copyOf(plan(RUNNING), 40), RUNNING, List.of());

    assertThat(refusal.reason()).isEqualTo(Reason.WRONG_SIZE);
    assertThat(refusal).hasMessageStartingWith("plan has 40 bytes, expected 64");
  }

  @Test
  void refusal_planOfAnotherVersion_namesBothVersions() {
    EngineLoadException refusal =
        PlanHeader.refusal(plan(new TensorRtVersion(10, 15, 1)), RUNNING, List.of());

    assertThat(refusal.reason()).isEqualTo(Reason.OTHER_VERSION);
    assertThat(refusal)
        .hasMessageStartingWith("plan was built by TensorRT 10.15.1, this is 10.6.0");
  }

  @Test
  void refusal_planForAnotherDevice_saysSoWithWordsOfTensorRt() {
    // The words of TensorRT 10.6.
    BuildMessage error =
        new BuildMessage(
            Severity.ERROR,
            "IRuntime::deserializeCudaEngine: Error Code 6: API Usage Error (The engine plan file is"
                + " generated on an incompatible device, expecting compute 9.0 got compute 8.0,\n"
                + " please rebuild.)");

    EngineLoadException refusal = PlanHeader.refusal(plan(RUNNING), RUNNING, List.of(error));

    assertThat(refusal.reason()).isEqualTo(Reason.OTHER_DEVICE);
    assertThat(refusal)
        .hasMessageStartingWith("plan was built for another kind of GPU")
        .hasMessageEndingWith("got compute 8.0, please rebuild.))");
    assertThat(refusal.errors()).containsExactly(error.line());
  }

  @Test
  void refusal_noMemory_saysSo() {
    BuildMessage error =
        new BuildMessage(
            Severity.ERROR, "Error Code 2: OutOfMemory (Requested size was 4194304000 bytes.)");

    EngineLoadException refusal = PlanHeader.refusal(plan(RUNNING), RUNNING, List.of(error));

    assertThat(refusal.reason()).isEqualTo(Reason.OUT_OF_MEMORY);
    assertThat(refusal)
        .hasMessageStartingWith("plan of 64 bytes does not fit into the memory of the GPU; close");
  }

  @Test
  void refusal_wholePlanOfThisVersion_leavesTheReasonToTensorRt() {
    BuildMessage error = new BuildMessage(Severity.ERROR, "no such plugin");

    EngineLoadException refusal = PlanHeader.refusal(plan(RUNNING), RUNNING, List.of(error));

    assertThat(refusal.reason()).isEqualTo(Reason.OTHER);
    assertThat(refusal).hasMessage("TensorRT refused the plan (TensorRT: no such plugin)");
  }

  private static byte[] plan(TensorRtVersion version) {
    byte[] plan = new byte[64];
    ByteBuffer.wrap(plan)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("ftrt".getBytes(StandardCharsets.US_ASCII))
        .putLong(16, plan.length)
        .put(24, (byte) version.major())
        .put(25, (byte) version.minor())
        .put(26, (byte) version.patch());
    return plan;
  }
}
