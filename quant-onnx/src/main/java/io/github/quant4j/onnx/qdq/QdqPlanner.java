/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.pattern.PatternIndex;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides where QuantizeLinear and DequantizeLinear go, so that TensorRT's fusions hold.
 *
 * <p>Planning never changes the model. Pairs are placed on reads, not on nodes: every INT8 operator
 * asks for a pair on what it reads, and readers of one tensor share one pair (P45); a reader that
 * stays float goes on reading the float tensor (P46). So nothing ever stands between an operator
 * and the activation behind it (P22), a graph input is quantized right where it is read (P47), and
 * no pair is left behind the last operator (P48). Bodies of If, Loop and Scan are not entered
 * (P49).
 *
 * <p>Immutable and thread-safe. Cost: proportional to the graph.
 */
public final class QdqPlanner {
  /** DequantizeLinear has an axis from this version of the standard operators on. */
  private static final long SMALLEST_OPSET = 13;

  private static final Logger LOGGER = LoggerFactory.getLogger(QdqPlanner.class);

  private final NodeSelector excluded;
  private final PatternOptions patternOptions;

  private QdqPlanner(NodeSelector excluded, PatternOptions patternOptions) {
    this.excluded = excluded;
    this.patternOptions = patternOptions;
  }

  /**
   * Returns the planner that quantizes whatever the rules allow.
   *
   * @return the planner
   */
  public static QdqPlanner create() {
    return new QdqPlanner(NodeSelector.none(), PatternOptions.DEFAULT);
  }

  /**
   * Returns a planner that leaves some nodes float.
   *
   * @param selector the nodes to leave float
   * @return the copy
   */
  public QdqPlanner withExcluded(NodeSelector selector) {
    return new QdqPlanner(selector, patternOptions);
  }

  /**
   * Returns a planner that does or does not quantize attentions (P15); by default it does not,
   * since TensorRT runs attention as one kernel in FP16 and pairs seldom pay.
   *
   * <p>Its INT8 kernel needs compute capability 7.5, heads of 16, 32 or 64 elements, and sequences
   * of at most 512 whose lengths the model fixes; attentions that do not fit stay float.
   *
   * @param isWanted true to quantize those attentions whose sizes fit
   * @return the copy
   */
  public QdqPlanner withInt8Attention(boolean isWanted) {
    return new QdqPlanner(excluded, patternOptions.withAttention(isWanted));
  }

  /**
   * Returns a planner that does or does not quantize, beside the activation that a gate scales, the
   * gate too (P36); by default it does not, since the gate is small and errs for a whole channel.
   *
   * @param isWanted true to put a pair on the gate wherever the gated activation has one
   * @return the copy
   */
  public QdqPlanner withInt8Gates(boolean isWanted) {
    return new QdqPlanner(excluded, patternOptions.withGates(isWanted));
  }

  /**
   * Plans the quantization of a model.
   *
   * @param model a float model on which {@link
   *     io.github.quant4j.onnx.pass.PassPipeline#normalization()} was run; not changed
   * @return the plan
   * @throws OnnxException if the model is quantized already, or imports an operator set below 13
   */
  public QuantizationPlan plan(OnnxModel model) {
    requireFloatModel(model);
    ShapeInference shapes = ShapeInference.of(model.graph());
    PatternIndex patterns = PatternIndex.of(model.graph(), shapes);
    PlanDraft draft = new PlanDraft(model.graph(), shapes, patterns);
    judgeOperators(draft);
    for (PlacementRule rule : placementRules()) {
      rule.apply(draft);
    }
    QuantizationPlan plan = PlanAssembly.of(draft);
    LOGGER.debug(
        "planned {} of {} nodes in INT8, {} tensors to observe",
        plan.quantizedNodeCount(),
        plan.decisions().size(),
        plan.observationPoints().size());
    return plan;
  }

  private static void requireFloatModel(OnnxModel model) {
    Optional<Node> quantized = model.firstQuantizedNode();
    if (quantized.isPresent()) {
      throw new OnnxException(
          "model is quantized already: found %s \"%s\"; pass the float32 model it was made from"
              .formatted(quantized.get().opType(), quantized.get().label()));
    }
    if (model.opset() < SMALLEST_OPSET) {
      throw new OnnxException(
          "model imports operator set %s; scales per channel need %s or later, export it anew"
              .formatted(model.opset(), SMALLEST_OPSET));
    }
  }

  private static List<OperatorRule> operatorRules(ShapeInference shapes) {
    return List.of(
        new ConstantWeightRule(),
        new PlanarConvolutionRule(),
        new GroupedConvolutionRule(),
        new SmallChannelsRule(),
        new ConvolutionRule(),
        new DegenerateProductRule(shapes),
        new GemmRule(),
        new MatMulRule());
  }

  private List<PlacementRule> placementRules() {
    return List.of(
        new NormalizationRule(),
        new AttentionRule(patternOptions.isAttentionInt8()),
        new ActivationProductRule(),
        new SqueezeExciteRule(patternOptions.isGateInt8()),
        new ResidualAddRule(),
        new AveragePoolRule(),
        new SwishBeforeAverageRule(),
        new PadRule(),
        new MaxPoolRule(),
        new CopyOperatorRule(),
        new FusedActivationRule(),
        new GeluRule(),
        new FloatFunctionRule(),
        new RemainingOperators());
  }

  private void judgeOperators(PlanDraft draft) {
    List<OperatorRule> rules = operatorRules(draft.shapes());
    for (Node node : draft.nodes()) {
      if (excluded.selects(node)) {
        draft.decide(node, false, "", "excluded by option");
        continue;
      }
      Optional<OperatorVerdict> verdict =
          rules.stream().flatMap(rule -> rule.judge(node).stream()).findFirst();
      if (verdict.isPresent()) {
        draft.decide(node, verdict.get());
        if (draft.isWeighted(node)) {
          draft.request(new Use(node, 0), verdict.get().why().ruleId());
        }
      }
    }
  }
}
