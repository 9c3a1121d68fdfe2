/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.Target;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What must hold of the repair of any graph. */
final class RepairedGraphs {
  private RepairedGraphs() {}

  /**
   * Repairs the graph some bytes stand for. The repair refuses it with a reason, or hands out a
   * model that keeps its interface, that TensorRT takes, that ONNX Runtime takes if it took the
   * source, and that a second repair leaves as it is.
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
    }
    RepairedModel again = wish.repair().run(model);
    assertThat(again.report().findings())
        .as("repaired again")
        .noneMatch(finding -> finding.remedy().outcome() == Remedy.Outcome.REPAIRED);
    assertThat(again.model().toByteArray()).isEqualTo(model.toByteArray());
  }

  private static List<String> interfaceOf(OnnxModel model) {
    Graph graph = model.graph();
    return Stream.concat(graph.inputs().stream(), graph.outputs().stream())
        .map(Value::name)
        .toList();
  }
}
