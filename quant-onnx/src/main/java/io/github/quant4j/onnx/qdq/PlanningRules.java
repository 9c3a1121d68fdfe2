/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import java.util.List;
import java.util.stream.Stream;

/**
 * The rules of a planner in the order they are asked. All are in the lists whatever the options; a
 * rule whose reason holds for one target or profile only is told which, and says nothing elsewhere.
 */
final class PlanningRules {
  private final List<OperatorRule> operatorRules;
  private final List<PlacementRule> placementRules;

  private PlanningRules(List<OperatorRule> operatorRules, List<PlacementRule> placementRules) {
    this.operatorRules = List.copyOf(operatorRules);
    this.placementRules = List.copyOf(placementRules);
  }

  static PlanningRules of(PlannerOptions options) {
    return new PlanningRules(operatorRules(options), placementRules(options));
  }

  /** Returns the rules without those of one class, to see what the class is good for. */
  PlanningRules without(Class<? extends PlanningRule> left) {
    return new PlanningRules(
        operatorRules.stream().filter(rule -> !left.isInstance(rule)).toList(),
        placementRules.stream().filter(rule -> !left.isInstance(rule)).toList());
  }

  /** Returns the rules that judge single operators; the first that answers decides. */
  List<OperatorRule> operatorRules() {
    return operatorRules;
  }

  /** Returns the rules that place pairs, each on what those before it left. */
  List<PlacementRule> placementRules() {
    return placementRules;
  }

  private static List<OperatorRule> operatorRules(PlannerOptions options) {
    return List.of(
        new MeasuredCostRule(options.measured()),
        new OpaqueOperatorRule(),
        new EmbeddingRule(),
        new ConstantWeightRule(),
        new SmallActivationRule(),
        new VolumeConvolutionRule(options.target()),
        new GroupedConvolutionRule(options),
        new SmallChannelsRule(options.target()),
        new ConvolutionRule(options.profile()),
        new TransposedConvolutionRule(options.target()),
        new DegenerateProductRule(),
        new GemmRule(),
        new MatMulRule());
  }

  private static List<PlacementRule> placementRules(PlannerOptions options) {
    return List.of(
        new HeadRule(options.profile()),
        new NormalizationRule(),
        new AttentionRule(options.int8Attention()),
        new ActivationProductRule(),
        new SqueezeExciteRule(options.int8Gates()),
        new ResidualAddRule(),
        new PointwiseAddRule(),
        new AveragePoolRule(),
        new LinearResizeRule(),
        new SwishBeforeAverageRule(options.target()),
        new PadRule(),
        new ConcatRule(),
        new InheritedScaleRule(),
        new CopyOperatorRule(),
        new AllReadersRule(options.allReadersQuantized()),
        new FusedActivationRule(),
        new GeluRule(),
        new FloatFunctionRule(),
        new RemainingOperators());
  }

  /** Returns what all rules do, and what holds of every plan without a rule class of its own. */
  List<RuleDescription> descriptions() {
    return Stream.of(
            operatorRules().stream().map(PlanningRule::descriptions),
            placementRules().stream().map(PlanningRule::descriptions),
            Stream.of(StandingRules.descriptions()))
        .flatMap(lists -> lists)
        .flatMap(List::stream)
        .toList();
  }
}
