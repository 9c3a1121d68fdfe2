/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.tensorrt.global.nvinfer.BuilderFlag;
import org.bytedeco.tensorrt.global.nvinfer.DataType;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.ITensor;

/**
 * Sets what TensorRT 11 no longer has: precisions and ranges of tensors. For networks that are not
 * strongly typed.
 */
@SuppressWarnings("deprecation")
final class WeakTyping {

  private final BuildOptions options;

  WeakTyping(BuildOptions options) {
    this.options = options;
  }

  void apply(IBuilderConfig config, NativeNetwork network) {
    precisionFlags().forEach(config::setFlag);
    if (options.precisionOrDefault() == Precision.FP32) {
      config.clearFlag(BuilderFlag.kTF32);
    }
    CalibrationTable ranges = options.ranges;
    if (ranges != null) {
      setRanges(network, ranges);
    }
    if (!options.layerPrecisions.isEmpty()) {
      config.setFlag(
          options.precisionConstraint == PrecisionConstraint.OBEY
              ? BuilderFlag.kOBEY_PRECISION_CONSTRAINTS
              : BuilderFlag.kPREFER_PRECISION_CONSTRAINTS);
      setPrecisions(network);
    }
  }

  private List<BuilderFlag> precisionFlags() {
    return switch (options.precisionOrDefault()) {
      case FP32 -> List.of();
      case TF32 -> List.of(BuilderFlag.kTF32);
      case FP16 -> List.of(BuilderFlag.kFP16);
      case BF16 -> List.of(BuilderFlag.kBF16);
      case INT8 -> List.of(BuilderFlag.kFP16, BuilderFlag.kINT8);
    };
  }

  private static void setRanges(NativeNetwork network, CalibrationTable ranges) {
    int[] setCount = new int[1];
    network.tensors(
        tensor -> {
          if (setRange(tensor, ranges)) {
            setCount[0]++;
          }
        });
    if (setCount[0] == 0) {
      throw EngineBuildException.refusal(
          "none of the %s ranges names a tensor of the network, expected names as in the model"
              .formatted(ranges.tensors().size()));
    }
  }

  private static boolean setRange(ITensor tensor, CalibrationTable ranges) {
    float absoluteMaximum =
        ranges.range(tensor.getName()).map(ValueRange::absoluteMaximum).orElse(0f);
    return absoluteMaximum > 0 && tensor.setDynamicRange(-absoluteMaximum, absoluteMaximum);
  }

  private void setPrecisions(NativeNetwork network) {
    Map<String, Precision> wishes = new HashMap<>();
    options.layerPrecisions.forEach(wish -> wishes.put(wish.node(), wish.precision()));
    network.layers(
        layer -> {
          Precision wish = wishes.get(layer.getName());
          if (wish != null) {
            layer.setPrecision(dataType(wish));
          }
        });
  }

  private static DataType dataType(Precision precision) {
    return switch (precision) {
      case FP32, TF32 -> DataType.kFLOAT;
      case FP16 -> DataType.kHALF;
      case BF16 -> DataType.kBF16;
      case INT8 -> DataType.kINT8;
    };
  }
}
