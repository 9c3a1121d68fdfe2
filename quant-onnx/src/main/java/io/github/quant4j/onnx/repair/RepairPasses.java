/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import java.util.List;

/**
 * The passes of the repair, in order. Within a stage they follow the numbers of the repair table,
 * but for those that others build on:
 *
 * <ul>
 *   <li>R28 and R27 make pairs of operators on codes, which all passes behind them then see. R29
 *       refuses codes before anything tries to read them. R22 to R26 come before R21 and R20, which
 *       compute with scales and zero points of known type and axis; R32 compares what is settled.
 *   <li>R31 counts -128 in the codes that R08 leaves, and R19 and R34 change the scales of weights
 *       once those are symmetric.
 *   <li>R33 and R13 leave fewer pairs to look at. R11 frees what R35 folds, and R15, R14 and R16
 *       find the pairs R11 has moved. R12 comes before R10, which bares an operand of an Add only
 *       where the other has its pair. R17, R18 and R37 look at the activations that have kept
 *       theirs; R36 removes what all of these leave behind.
 * </ul>
 */
final class RepairPasses {
  private RepairPasses() {}

  /** Passes after which every pair can be read: constants, one operator set, well-formed nodes. */
  static List<RepairPass> form() {
    return List.of(
        new ResolveConstants(),
        new DecomposeIntegerOperators(),
        new DequantizeBeforeLookups(),
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
