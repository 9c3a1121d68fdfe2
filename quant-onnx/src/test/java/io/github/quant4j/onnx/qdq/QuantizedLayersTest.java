/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.pass.PassPipeline;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Single layers of every kind, in every form, against the float ones in ONNX Runtime. */
class QuantizedLayersTest {
  /** An operator, the shape of its weight, its groups, and whether TensorRT takes it in INT8. */
  record Layer(String opType, int groups, boolean isForTensorRt, Shape weight) {
    static Layer of(String opType, int groups, boolean isForTensorRt, long... weight) {
      return new Layer(opType, groups, isForTensorRt, Shape.of(weight));
    }

    boolean isTransposed() {
      return opType.equals("ConvTranspose");
    }

    long inputs() {
      return isTransposed() ? weight.dimension(0) : weight.dimension(1) * groups;
    }

    long outputs() {
      return isTransposed() ? weight.dimension(1) * groups : weight.dimension(0);
    }

    long[] inputShape() {
      long[] shape = new long[weight.rank()];
      Arrays.fill(shape, 6);
      shape[0] = 2;
      shape[1] = inputs();
      return shape;
    }

    OnnxModel model() {
      ModelBuilder builder = ModelBuilder.create();
      String x = builder.input("x", Arrays.stream(inputShape()).boxed().toArray());
      builder.weight("W", weight.toArray());
      builder.weight("b", outputs());
      long[] strides = new long[weight.rank() - 2];
      Arrays.fill(strides, 2);
      builder.add(
          opType,
          "layer",
          List.of(builder.relu("r", x), "W", "b"),
          ModelBuilder.integer("group", groups),
          ModelBuilder.integers("strides", strides));
      return builder.output("layer").build();
    }

    @Override
    public String toString() {
      return opType + weight + " of " + groups;
    }
  }

  private static final List<Layer> LAYERS =
      List.of(
          Layer.of("Conv", 1, true, 32, 16, 3),
          Layer.of("Conv", 32, true, 32, 1, 3),
          Layer.of("Conv", 1, true, 32, 16, 3, 3, 3),
          Layer.of("Conv", 1, false, 10, 6, 3, 3, 3),
          Layer.of("Conv", 4, true, 32, 8, 3, 3),
          Layer.of("Conv", 4, false, 24, 6, 3, 3),
          Layer.of("ConvTranspose", 1, true, 32, 16, 2, 2),
          Layer.of("ConvTranspose", 1, true, 16, 32, 3, 3),
          Layer.of("ConvTranspose", 2, true, 32, 8, 2, 2),
          Layer.of("ConvTranspose", 1, false, 6, 4, 3, 3),
          Layer.of("ConvTranspose", 1, false, 16, 16, 3),
          Layer.of("ConvTranspose", 1, false, 16, 16, 2, 2, 2));

  static Stream<Arguments> forms() {
    return LAYERS.stream()
        .flatMap(
            layer ->
                Stream.of(Target.values())
                    .filter(target -> layer.isForTensorRt() || target == Target.ONNXRUNTIME)
                    .flatMap(
                        target ->
                            Stream.of(WeightForm.values())
                                .map(form -> Arguments.of(layer, target, form))));
  }

  @ParameterizedTest(name = "{0} for {1}, {2}")
  @MethodSource("forms")
  void quantized_layer_isCloseToTheFloatOne(Layer layer, Target target, WeightForm form) {
    OnnxModel model = layer.model();
    Tensor sample = ModelBuilder.random(7, 1, layer.inputShape());
    OnnxModel int8 = quantized(model, sample, target, form);

    assertThat(int8.graph().nodes())
        .filteredOn(node -> node.is("DequantizeLinear"))
        .as("pair, weight and, where it is int32, bias")
        .hasSize(target == Target.TENSORRT ? 2 : 3);
    assertThat(
            Calibration.signalToNoise(
                OnnxRuntimeOracle.run(model, sample), OnnxRuntimeOracle.run(int8, sample)))
        .isGreaterThan(25);
  }

  private static OnnxModel quantized(
      OnnxModel model, Tensor sample, Target target, WeightForm form) {
    OnnxModel quantized = model.copy();
    PassPipeline.normalization().run(quantized);
    QuantizationPlan plan =
        Plans.planner().forTarget(target).withGroupedConvolutions(true).plan(quantized);
    CalibrationTable table = Calibration.observed(quantized, plan, sample);
    InsertQuantizeDequantize.of(plan, table, target).withWeightForm(form).run(quantized);
    return quantized;
  }
}
