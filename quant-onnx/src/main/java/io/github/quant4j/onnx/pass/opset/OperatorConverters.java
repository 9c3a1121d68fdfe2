/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import java.util.List;
import java.util.Set;

/**
 * All converters, in the order in which they run: by version, and within one version those that
 * need known dimensions last.
 *
 * <p>The list comes from comparing the schemas of opset 7 to 21 operator by operator. Changes that
 * are not here are compatible: more types, an optional input or attribute more whose default is
 * what the operator did before (Cast, Gemm without C, the ceil_mode and dilations of pools, the
 * layout of LSTM, Pad and Resize with axes, and so on), a wider range of axes and indices.
 */
final class OperatorConverters {
  private static final Set<String> EXPERIMENTAL =
      Set.of(
          "ATen",
          "Affine",
          "ConstantFill",
          "Crop",
          "DynamicSlice",
          "GRUUnit",
          "GivenTensorFill",
          "ImageScaler",
          "ParametricSoftplus",
          "Scale",
          "ScaledTanh");

  private static final Set<String> REDUCTIONS_OF_18 =
      Set.of(
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceProd",
          "ReduceSumSquare");

  private OperatorConverters() {}

  static List<OperatorConverter> all() {
    return List.of(
        new UnsupportedChange(9, Set.of("Scan"), "the batch dimension was taken out of it"),
        new SpatialBatchNormalization(),
        new UpsampleScales(),
        new UnsupportedChange(10, EXPERIMENTAL, "the operator was taken out"),
        new DropoutMask(),
        new SliceRanges(),
        new TopKCount(),
        new UpsampleToResize(),
        new ClipBounds(),
        new PadAmounts(),
        new ResizeCoordinates(),
        new ScatterToScatterElements(),
        new DropoutRatio(),
        new IntegersToInput(13, Set.of("Squeeze", "ReduceSum"), "axes"),
        new IntegersToInput(13, Set.of("Unsqueeze"), "axes"),
        new IntegersToInput(13, Set.of("Split"), "split"),
        new ResizeInputs(),
        new FlattenedSoftmax(),
        new TrainedBatchNormalization(),
        new RoiAlignCoordinates(),
        new IntegersToInput(18, REDUCTIONS_OF_18, "axes"),
        new SplitCount(),
        new GridSampleMode(),
        new UnsupportedChange(20, Set.of("DFT"), "its axis became an input"),
        new UnsupportedChange(
            21, Set.of("GroupNormalization"), "its scale is per channel, no longer per group"));
  }
}
