/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import java.util.List;

/**
 * P52: a Conv whose HardSwish is read by a GlobalAveragePool in float stays float itself.
 *
 * <p>With INT8 in and float out in front of the average, TensorRT 10.6 (builder optimization level
 * 3, H200) does not come back from the build or crashes, right after it timed the fused Conv and
 * HardSwish; with that Conv in float the same network builds in 42 seconds. Where the average is
 * INT8 too (P28), or no average reads the HardSwish, nothing changes.
 */
final class SwishBeforeAverageRule implements PlacementRule {
  private final Target target;

  SwishBeforeAverageRule(Target target) {
    this.target = target;
  }

  @Override
  public void apply(PlanDraft draft) {
    if (target != Target.TENSORRT) {
      return;
    }
    for (Node node : draft.nodes()) {
      if (draft.isWeighted(node) && isReadByFloatAverage(draft, node)) {
        draft.revoke(node, "P52", "TensorRT fails on its HardSwish before an average in float");
      }
    }
  }

  private static boolean isReadByFloatAverage(PlanDraft draft, Node convolution) {
    List<Use> readers = convolution.output().uses();
    if (readers.size() != 1 || !readers.get(0).node().is("HardSwish")) {
      return false;
    }
    Value swish = readers.get(0).node().output();
    return swish.uses().stream()
        .anyMatch(use -> use.node().is("GlobalAveragePool") && !draft.isRequested(use));
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P52",
            "Conv whose HardSwish is read by a float GlobalAveragePool",
            "for TensorRT nothing: the Conv stays float",
            "the builder finds no implementation of the fused kernel, and the build fails",
            "seen on TensorRT 10.6; TensorRT issue 3385 is of the same family"));
  }
}
