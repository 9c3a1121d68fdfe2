/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import java.util.List;
import java.util.Optional;

/**
 * P13: a Gemm or MatMul with fewer than 16 inner or output features, or a single row, stays float:
 * it is bound by bandwidth, and the pair costs more than it saves.
 *
 * <p>A single row counts where the product has rank 2 and its first dimension is known to be 1.
 *
 * <p>For TensorRT a classifier of few classes behind an average over space is left to {@link
 * AveragePoolRule}: where the network before it is INT8, the two end it in INT8 too, instead of
 * four more kernels that go back to float.
 */
final class DegenerateProductRule implements OperatorRule {
  private static final int SMALLEST = 16;

  private final Target target;

  DegenerateProductRule(Target target) {
    this.target = target;
  }

  @Override
  public Optional<OperatorVerdict> judge(Node node, PlanDraft draft) {
    if (!node.is("Gemm", "MatMul")) {
      return Optional.empty();
    }
    Shape weight = WeightedOperator.weightShape(node).orElseThrow();
    if (weight.rank() < 2) {
      return Optional.of(OperatorVerdict.leaveFloat("P13", "its weight is a vector"));
    }
    boolean endsAverage =
        target == Target.TENSORRT
            && inner(node, weight) >= SMALLEST
            && average(node, draft).isPresent();
    return obstacle(node, draft)
        .filter(reason -> !endsAverage)
        .map(reason -> OperatorVerdict.leaveFloat("P13", reason));
  }

  /**
   * Returns why a product with a constant matrix does not pay in INT8 by itself, if it does not.
   */
  static Optional<String> obstacle(Node product, PlanDraft draft) {
    Shape weight = WeightedOperator.weightShape(product).orElseThrow();
    long inner = inner(product, weight);
    long outer = outer(product, weight);
    if (inner < SMALLEST || outer < SMALLEST) {
      return Optional.of(
          "it has %s inputs and %s outputs; at least %s pay".formatted(inner, outer, SMALLEST));
    }
    boolean isSingleRow =
        draft
            .shapes()
            .dimensions(product.output())
            .filter(dimensions -> dimensions.size() == 2 && dimensions.get(0).isFixed(1))
            .isPresent();
    return isSingleRow ? Optional.of("it has a single row") : Optional.empty();
  }

  /** Returns the average over space that a product reads, through operators that move elements. */
  static Optional<Node> average(Node product, PlanDraft draft) {
    Value value = product.requiredInput(0);
    while (value.hasSingleReader() && value.producer().isPresent()) {
      Node producer = value.producer().get();
      if (OperatorClass.isAverage(producer, draft.shapes())) {
        return Optional.of(producer);
      }
      if (!OperatorClass.isCopy(producer)) {
        return Optional.empty();
      }
      value = producer.requiredInput(0);
    }
    return Optional.empty();
  }

  private static long inner(Node product, Shape weight) {
    return weight.dimension(isTransposed(product) ? -1 : -2);
  }

  private static long outer(Node product, Shape weight) {
    return weight.dimension(isTransposed(product) ? -2 : -1);
  }

  private static boolean isTransposed(Node product) {
    return product.is("Gemm") && product.integer("transB", 0) != 0;
  }

  @Override
  public List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P13",
            "Gemm or MatMul with fewer than 16 inputs or outputs, a single row, or a vector "
                + "for a weight",
            "nothing; for TensorRT as any other where few outputs or the single row come from an"
                + " average over space of an INT8 operator (P28)",
            "it is bound by memory, and the pair costs more than INT8 saves; behind an INT8 average"
                + " it spares the way back to float",
            "ModelOpt, ONNX quantization; engines of ResNet-18 on an H200"));
  }
}
