/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.pattern.PatternIndex;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides where QuantizeLinear and DequantizeLinear go, so that TensorRT's fusions hold, or, for
 * another {@link Target}, so that its integer kernels are used.
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

  private final PlannerOptions options;
  private final NodeSelector included;
  private final NodeSelector excluded;

  private QdqPlanner(PlannerOptions options, NodeSelector included, NodeSelector excluded) {
    this.options = options;
    this.included = included;
    this.excluded = excluded;
  }

  /**
   * Returns the planner for {@link Target#TENSORRT} in {@link PlanProfile#SPEED} that looks at all
   * nodes.
   *
   * @return the planner
   */
  public static QdqPlanner create() {
    return new QdqPlanner(PlannerOptions.DEFAULT, NodeSelector.none(), NodeSelector.none());
  }

  /**
   * Returns a planner for another runtime. Rules that work around what is special to TensorRT, its
   * tiles of 16 channels (P05), its grouped, voluminous and transposed kernels (P04, P08, P09, P10)
   * and its failures (P52), bind plans for TensorRT only.
   *
   * @param target the runtime; {@link Target#TENSORRT} when not said
   * @return the copy
   */
  public QdqPlanner forTarget(Target target) {
    Objects.requireNonNull(target, "target");
    return new QdqPlanner(options.withTarget(target), included, excluded);
  }

  /**
   * Returns a planner that favours speed or accuracy.
   *
   * @param profile what to favour; {@link PlanProfile#SPEED} when not said
   * @return the copy
   */
  public QdqPlanner withProfile(PlanProfile profile) {
    Objects.requireNonNull(profile, "profile");
    return new QdqPlanner(options.withProfile(profile), included, excluded);
  }

  /**
   * Returns a planner that may give TensorRT grouped convolutions in INT8 (P04). Whether that is
   * faster than FP16 depends on the GPU and the shapes: measure.
   *
   * @param areAllowed whether it may; false when not said
   * @return the copy
   */
  public QdqPlanner withGroupedConvolutions(boolean areAllowed) {
    return new QdqPlanner(options.withGroupedConvolutions(areAllowed), included, excluded);
  }

  /**
   * Returns a planner that leaves all nodes float but the given. They are not quantized for being
   * selected: the rules still decide. An Add, a pool or a copy around a convolution is a node of
   * its own, and has to be selected too for its fusion to hold.
   *
   * @param selector the nodes that may be quantized; {@link NodeSelector#none()}, as when not said,
   *     sets no limit
   * @return the copy
   */
  public QdqPlanner withIncluded(NodeSelector selector) {
    Objects.requireNonNull(selector, "selector");
    return new QdqPlanner(options, selector, excluded);
  }

  /**
   * Returns a planner that leaves some nodes float, whether they are included or not.
   *
   * @param selector the nodes to leave float; none when not said
   * @return the copy
   */
  public QdqPlanner withExcluded(NodeSelector selector) {
    Objects.requireNonNull(selector, "selector");
    return new QdqPlanner(options, included, selector);
  }

  /**
   * Returns a planner that lets the Adds, MaxPools and copies that stay float read a quantized
   * tensor too, where it has INT8 readers (P46). Then its producer can write INT8 alone; what those
   * readers see is rounded, which is why the default is off.
   *
   * @param areQuantized whether such readers read the quantized tensor
   * @return the copy
   */
  public QdqPlanner withAllReadersQuantized(boolean areQuantized) {
    return new QdqPlanner(options.withAllReadersQuantized(areQuantized), included, excluded);
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
    return new QdqPlanner(options.withInt8Attention(isWanted), included, excluded);
  }

  /**
   * Returns a planner that does or does not quantize, beside the activation that a gate scales, the
   * gate too (P36); by default it does not, since the gate is small and errs for a whole channel.
   *
   * @param isWanted true to put a pair on the gate wherever the gated activation has one
   * @return the copy
   */
  public QdqPlanner withInt8Gates(boolean isWanted) {
    return new QdqPlanner(options.withInt8Gates(isWanted), included, excluded);
  }

  /**
   * Returns a planner that leaves float what was measured to cost the outputs too much (P54).
   *
   * @param reasons why, by the name of the node; none when not said
   * @return the copy
   */
  public QdqPlanner withMeasuredNoise(Map<String, String> reasons) {
    return new QdqPlanner(
        options.withMeasured(MeasuredCostRule.NOISE, reasons), included, excluded);
  }

  /**
   * Returns a planner that leaves float what was measured to be no faster in INT8 (P53).
   *
   * @param reasons why, by the name of the node; none when not said
   * @return the copy
   */
  public QdqPlanner withMeasuredTime(Map<String, String> reasons) {
    return new QdqPlanner(options.withMeasured(MeasuredCostRule.TIME, reasons), included, excluded);
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
    return plan(model, PlanningRules.of(options));
  }

  /**
   * Plans what can be quantized with the ranges of a table: operators that need the range of a
   * tensor the table lacks stay float, each with that reason, and a note of the plan counts them.
   * Costs a plan, and one more for each step by which leaving operators float moves pairs to
   * further tensors that the table lacks.
   *
   * @param model as for {@link #plan(OnnxModel)}
   * @param table the ranges
   * @return a plan all of whose observation points are in the table
   * @throws OnnxException as {@link #plan(OnnxModel)} does, and if the table has none of the
   *     tensors that the plan without it needs
   */
  public QuantizationPlan plan(OnnxModel model, CalibrationTable table) {
    MissingRanges missing = new MissingRanges(table);
    QuantizationPlan plan = plan(model);
    missing.requireAny(plan);
    while (missing.addOf(plan)) {
      plan = plan(model, PlanningRules.of(options), missing);
    }
    return plan;
  }

  /** Plans by other rules than those the options give. */
  QuantizationPlan plan(OnnxModel model, PlanningRules rules) {
    return plan(model, rules, new MissingRanges(CalibrationTable.builder().build()));
  }

  private QuantizationPlan plan(OnnxModel model, PlanningRules rules, MissingRanges missing) {
    requireFloatModel(model);
    ShapeInference shapes = ShapeInference.of(model.graph());
    PatternIndex patterns = PatternIndex.of(model.graph(), shapes);
    PlanDraft draft = new PlanDraft(model.graph(), shapes, patterns);
    judgeOperators(draft, rules.operatorRules(), missing);
    missing.note().ifPresent(draft::note);
    rules.placementRules().forEach(rule -> rule.apply(draft));
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
          ("model is quantized already: found %s \"%s\"; pass the float32 model it was made from,"
                  + " or repair it")
              .formatted(quantized.get().opType(), quantized.get().label()));
    }
    if (model.opset() < SMALLEST_OPSET) {
      throw new OnnxException(
          ("model imports operator set %s; scales per channel need %s or later, lift it with"
                  + " PassPipeline.normalization() first")
              .formatted(model.opset(), SMALLEST_OPSET));
    }
  }

  private void judgeOperators(PlanDraft draft, List<OperatorRule> rules, MissingRanges missing) {
    for (Node node : draft.nodes()) {
      if (excluded.selects(node)) {
        draft.decide(node, false, "", "excluded by option");
      } else if (!included.isEmpty() && !included.selects(node)) {
        draft.decide(node, false, "", "not included by option");
      } else if (missing.reason(node).isPresent()) {
        draft.decide(node, false, "", missing.reason(node).get());
      } else {
        rules.stream()
            .flatMap(rule -> rule.judge(node, draft).stream())
            .findFirst()
            .ifPresent(verdict -> decide(draft, node, verdict));
      }
    }
    included.unmatched(draft.nodes()).forEach(one -> noteUnmatched(draft, "included", one));
    excluded.unmatched(draft.nodes()).forEach(one -> noteUnmatched(draft, "excluded", one));
  }

  private static void decide(PlanDraft draft, Node node, OperatorVerdict verdict) {
    draft.decide(node, verdict);
    if (draft.isWeighted(node)) {
      draft.request(new Use(node, 0), verdict.why().ruleId());
    }
  }

  private static void noteUnmatched(PlanDraft draft, String option, String criterion) {
    draft.note("option: %s %s selects no node of the model".formatted(option, criterion));
  }
}
