/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.Target;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What must hold of the repair of any graph. */
final class RepairedGraphs {
  /** Repairs of placement that round otherwise, so that outputs need not stay the same bits. */
  private static final Set<Defect> ROUNDING =
      EnumSet.of(
          Defect.PAIR_BEFORE_RESIDUAL_ADD,
          Defect.PAIR_BEFORE_EPILOGUE,
          Defect.BARE_SKIP,
          Defect.REQUANTIZATION,
          Defect.FLOAT_WEIGHT,
          Defect.FLOAT_ACTIVATION,
          Defect.PAIR_AT_OUTPUT,
          Defect.UNFOLDED_NORMALIZATION,
          Defect.ONE_SIDED_POOL);

  private RepairedGraphs() {}

  /**
   * Repairs the graph some bytes stand for. The repair refuses it with a reason, or hands out a
   * model that keeps its interface, that TensorRT takes, that ONNX Runtime takes if it took the
   * source, that computes the bits of its baseline where pairs were only merged or moved, and that
   * a second repair leaves as it is.
   *
   * @return true when the repair was not refused
   */
  static boolean check(byte[] bytes) {
    RandomQdqGraph.Wish wish = RandomQdqGraph.of(bytes);
    OnnxModel source = wish.model();
    byte[] before = source.toByteArray();
    Optional<RepairedModel> repaired = repair(wish);
    assertThat(source.toByteArray()).as("the source").isEqualTo(before);
    repaired.ifPresent(result -> check(wish, result));
    return repaired.isPresent();
  }

  private static Optional<RepairedModel> repair(RandomQdqGraph.Wish wish) {
    wish.repair().examine(wish.model());
    try {
      return Optional.of(wish.repair().run(wish.model()));
    } catch (RepairException e) {
      boolean isRefusal = e.report().filter(RepairReport::hasRefusedErrors).isPresent();
      // without passes nothing is mended, and what TensorRT does not take is not told before
      if (!isRefusal) {
        throw new AssertionError("not refused, but failed: " + e.getMessage(), e);
      }
      return Optional.empty();
    }
  }

  private static void check(RandomQdqGraph.Wish wish, RepairedModel repaired) {
    OnnxModel model = repaired.model();
    assertThat(interfaceOf(model)).isEqualTo(interfaceOf(wish.model()));
    if (wish.target() == Target.TENSORRT) {
      assertThat(TensorRtContract.breaches(model)).isEmpty();
    }
    if (OnnxRuntimeOracle.refusal(wish.model()).isEmpty()) {
      assertThat(OnnxRuntimeOracle.refusal(model)).as("the repaired model").isEmpty();
      checkBits(wish, repaired);
    }
    RepairedModel again = wish.repair().run(model);
    assertThat(again.report().findings())
        .as("repaired again")
        .noneMatch(finding -> finding.remedy().outcome() == Remedy.Outcome.REPAIRED);
    assertThat(again.model().toByteArray()).isEqualTo(model.toByteArray());
  }

  /** For ONNX Runtime all biases are rounded at last, so that bits are compared for TensorRT. */
  private static void checkBits(RandomQdqGraph.Wish wish, RepairedModel repaired) {
    boolean mayRound =
        repaired.report().findings().stream()
            .filter(finding -> finding.remedy().outcome() == Remedy.Outcome.REPAIRED)
            .anyMatch(finding -> ROUNDING.contains(finding.defect()));
    if (wish.target() == Target.TENSORRT && !mayRound) {
      assertThat(bits(repaired.model()))
          .as("outputs of the repaired model, those of the baseline expected")
          .isEqualTo(bits(repaired.baseline()));
    }
  }

  private static Map<String, ByteBuffer> bits(OnnxModel model) {
    Map<String, ByteBuffer> bits = new LinkedHashMap<>();
    Map<String, Tensor> inputs = Map.of("x", ModelBuilder.random(1, 4, 1, 8, 8, 8));
    OnnxRuntimeOracle.runUnoptimized(model, inputs)
        .forEach((name, tensor) -> bits.put(name, tensor.bytes()));
    return bits;
  }

  private static List<String> interfaceOf(OnnxModel model) {
    Graph graph = model.graph();
    return Stream.concat(graph.inputs().stream(), graph.outputs().stream())
        .map(Value::name)
        .toList();
  }
}
