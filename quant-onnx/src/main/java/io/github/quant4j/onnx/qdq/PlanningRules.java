/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import java.util.List;
import java.util.stream.Stream;

/**
 * The rules of a planner in the order they are asked. All are in the lists whatever the options; a
 * rule whose reason holds for one target or profile only is told which, and says nothing elsewhere.
 */
final class PlanningRules {
  private final PlannerOptions options;

  private PlanningRules(PlannerOptions options) {
    this.options = options;
  }

  static PlanningRules of(PlannerOptions options) {
    return new PlanningRules(options);
  }

  /** Returns the rules that judge single operators; the first that answers decides. */
  List<OperatorRule> operatorRules() {
    return List.of(
        new MeasuredNoiseRule(options.measuredNoise()),
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

  /** Returns the rules that place pairs, each on what those before it left. */
  List<PlacementRule> placementRules() {
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
