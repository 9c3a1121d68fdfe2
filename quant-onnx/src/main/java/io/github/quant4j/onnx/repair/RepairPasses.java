/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import java.util.List;

/**
 * The passes of the repair, in order. Within a stage they follow the numbers of the repair table,
 * but for those that others build on.
 */
final class RepairPasses {
  private RepairPasses() {}

  /** Passes after which every pair can be read: constants, one operator set, well-formed nodes. */
  static List<RepairPass> form() {
    return List.of(
        new ResolveConstants(),
        new RefuseUnsupportedCodes(),
        new RemoveCastsBetweenQuantizers(),
        new AddZeroPoints(),
        new AlignZeroPointTypes(),
        new ReplaceInvalidScales(),
        new AlignScaleTypes(),
        new CorrectAxes(),
        new AlignParameterShapes(),
        new JoinActivationScales(),
        new ShareDequantizers());
  }

  /** Passes after which every code means what it meant to the tool that wrote it. */
  static List<RepairPass> numbers() {
    return List.of(
        new ReadCodesAsSigned(),
        new WidenUnsignedCodes(),
        new SettleUndecidedCodes(),
        new CenterUnsignedCodes(),
        new CenterSignedCodes(),
        new CenterWeights(),
        new NoteLowestCodes(),
        new ConvertBiases(),
        new FoldQuantizedGemmFactors(),
        new FoldNormalizationIntoCodes(),
        new JoinTransposedConvolutionScales());
  }

  /** Passes after which operators fuse. */
  static List<RepairPass> placement() {
    return List.of(
        new ShareWeights(),
        new CollapseRepeatedPairs(),
        new RemoveRedundantPairs(),
        new UnifyScales(),
        new MovePairsBeforePads(),
        new RemovePairsBeforeEpilogues(),
        new RemovePairsBeforeResidualAdds(),
        new PairSkips(),
        new QuantizeFloatWeights(),
        new CompletePairs(),
        new CompletePools(),
        new RemovePairsAtOutputs(),
        new NoteReplacedClassifiers(),
        new RemoveUnusedNodes(),
        new WriteBiases());
  }
}
