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
        new DecomposeIntegerOperators(),
        new ReplaceComputedScales(),
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

  /**
   * Those of the next stage after which no zero point does the work of a Relu: what is left of a
   * model without its pairs computes what it did with them.
   */
  static List<RepairPass> rectification() {
    return List.of(new ReadCodesAsSigned(), new WidenUnsignedCodes(), new CenterSignedCodes());
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
        new FoldQuantizedConstants(),
        new FoldQuantizedGemmFactors(),
        new JoinTransposedConvolutionScales());
  }

  /** Passes after which operators fuse. */
  static List<RepairPass> placement() {
    return List.of(
        new ShareWeights(),
        new CollapseRepeatedPairs(),
        new RemovePairsBeforeEpilogues(),
        new FoldNormalizationIntoCodes(),
        new RemoveRedundantPairs(),
        new UnifyScales(),
        new MovePairsBeforePads(),
        new PairSkips(),
        new RemovePairsBeforeResidualAdds(),
        new QuantizeFloatWeights(),
        new CompletePairs(),
        new CompletePools(),
        new RemovePairsAtOutputs(),
        new NoteReplacedClassifiers(),
        new RemoveUnusedNodes(),
        new WriteBiases());
  }
}
