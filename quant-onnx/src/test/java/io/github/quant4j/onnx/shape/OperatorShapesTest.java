/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import static io.github.quant4j.onnx.ModelBuilder.integer;
import static io.github.quant4j.onnx.ModelBuilder.integers;
import static io.github.quant4j.onnx.ModelBuilder.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operator against ONNX Runtime, on x of [n, 6, h, w] = [2, 6, 9, 7]. */
class OperatorShapesTest {
  private static final Tensor INPUT = ModelBuilder.random(1, 1, 2, 6, 9, 7);

  /**
   * An input "w4x6" is a constant of that shape, "i2,-1" a vector of integers, "s3" an integer,
   * "f1,2" a vector of floats, "_" left out.
   */
  static Stream<Call> calls() {
    List<Call> calls = new ArrayList<>();
    for (String unary : List.of("Relu", "Erf", "Softmax", "HardSwish", "Neg", "Identity")) {
      calls.add(op(17, unary, "x"));
    }
    calls.add(op(17, "Clip", "x", "_", "_"));
    calls.add(op(17, "CumSum", "x", "s1"));
    calls.add(op(17, "Trilu", "x"));
    calls.add(op(17, "LayerNormalization", "x", "w7").outputs(3));
    calls.add(op(17, "InstanceNormalization", "x", "w6", "w6"));
    calls.add(op(17, "Dropout", "x").outputs(2));
    calls.add(op(17, "PRelu", "x", "w6x1x1"));
    calls.add(op(17, "Greater", "x", "w9x1"));
    calls.add(op(17, "Max", "x", "w7", "w9x1"));
    calls.add(op(17, "MatMul", "x", "w7"));
    calls.add(op(17, "MatMul", "w9", "x"));
    calls.add(op(17, "Conv", "x", "w4x6x3x3").with(integers("strides", 2, 2)));
    calls.add(op(17, "ConvTranspose", "x", "w6x4x2x2").with(integers("strides", 2, 2)));
    calls.add(
        op(17, "ConvTranspose", "x", "w6x4x3x3")
            .with(
                integers("strides", 2, 3),
                integers("pads", 1, 0, 1, 1),
                integers("output_padding", 1, 0),
                integers("dilations", 1, 2)));
    calls.add(op(17, "ConvTranspose", "x", "w6x2x3x3").with(integer("group", 3)));
    calls.add(
        op(17, "ConvTranspose", "x", "w6x4x3x3")
            .with(integers("strides", 2, 2), text("auto_pad", "SAME_UPPER")));
    calls.add(
        op(17, "ConvTranspose", "x", "w6x4x3x3")
            .with(integers("strides", 2, 2), integers("output_shape", 18, 14)));
    calls.add(
        op(17, "MaxPool", "x")
            .with(
                integers("kernel_shape", 3, 3), integers("strides", 2, 2), integer("ceil_mode", 1))
            .outputs(2));
    calls.add(op(17, "GlobalMaxPool", "x"));
    calls.add(op(17, "ReduceMean", "x").with(integers("axes", 2, -1)));
    calls.add(op(17, "ReduceMax", "x").with(integers("axes", 1), integer("keepdims", 0)));
    calls.add(op(18, "ReduceMean", "x", "i-1").with(integer("keepdims", 0)));
    calls.add(op(17, "ReduceSum", "x", "i0,2"));
    calls.add(op(17, "ReduceSum", "x"));
    calls.add(op(17, "ReduceSum", "x").with(integer("noop_with_empty_axes", 1)));
    calls.add(op(17, "ReduceL2", "x").with(integer("keepdims", 0)));
    calls.add(op(17, "ArgMax", "x").with(integer("axis", 1), integer("keepdims", 0)));
    calls.add(op(17, "ArgMin", "x").with(integer("axis", -1)));
    calls.add(op(17, "TopK", "x", "i2").outputs(2));
    calls.add(op(17, "TopK", "x", "i3").with(integer("axis", 1)).outputs(2));
    calls.add(op(17, "Gather", "x", "i1,0,2").with(integer("axis", 1)));
    calls.add(op(17, "Gather", "x", "s1").with(integer("axis", -2)));
    calls.add(op(17, "GatherND", "x", "i1,0"));
    calls.add(op(17, "Squeeze", "w1x3x1"));
    calls.add(op(17, "Squeeze", "w1x3x1", "i0"));
    calls.add(op(11, "Squeeze", "w1x3x1").with(integers("axes", -1)));
    calls.add(op(17, "Unsqueeze", "x", "i-1,1"));
    calls.add(op(11, "Unsqueeze", "x").with(integers("axes", 0, 3)));
    calls.add(op(17, "Split", "x", "i1,5").with(integer("axis", 1)).outputs(2));
    calls.add(op(17, "Split", "x").with(integer("axis", 1)).outputs(3));
    calls.add(op(18, "Split", "x").with(integer("axis", 2), integer("num_outputs", 2)).outputs(2));
    calls.add(op(11, "Split", "x").with(integer("axis", 3), integers("split", 3, 4)).outputs(2));
    calls.add(op(17, "Slice", "x", "i1,-4", "i4,-1", "i1,3"));
    calls.add(op(17, "Slice", "x", "i0", "i9223372036854775807", "i2", "i2"));
    calls.add(op(17, "Slice", "x", "i-1", "i-9223372036854775807", "i3", "i-2"));
    calls.add(op(17, "Slice", "x", "i1,5,2,20", "i1,0,-2,30"));
    calls.add(op(9, "Slice", "x").with(integers("starts", 1, 2), integers("ends", 4, 100)));
    calls.add(
        op(9, "Slice", "x").with(integers("starts", 1), integers("ends", -1), integers("axes", 2)));
    calls.add(op(17, "Pad", "x", "i0,0,1,2,0,0,3,0"));
    calls.add(op(18, "Pad", "x", "i2,1", "_", "i-1"));
    calls.add(op(10, "Pad", "x").with(integers("pads", 0, 0, 1, 1, 0, 0, 2, 2)));
    calls.add(op(17, "Concat", "x", "w2x6x4x7").with(integer("axis", 2)));
    calls.add(op(17, "Reshape", "x", "i0,2,3,-1"));
    calls.add(op(17, "Reshape", "x", "i-1,3"));
    calls.add(op(17, "Reshape", "x", "i0,-1,0,0"));
    calls.add(op(17, "Expand", "w6x1x1", "i2,1,3,4"));
    calls.add(op(17, "Tile", "x", "i1,2,3,1"));
    calls.add(op(17, "DepthToSpace", "w1x8x2x3").with(integer("blocksize", 2)));
    calls.add(op(17, "SpaceToDepth", "w1x8x4x6").with(integer("blocksize", 2)));
    calls.add(op(17, "Resize", "x", "_", "f1,1,2,2"));
    calls.add(op(17, "Resize", "x", "_", "f1,1,0.5,1.5"));
    calls.add(op(17, "Resize", "x", "_", "f1,1,0.3,1.7"));
    calls.add(op(17, "Resize", "x", "_", "_", "i2,6,5,20"));
    calls.add(op(18, "Resize", "x", "_", "_", "i5,20").with(integers("axes", 2, 3)));
    calls.add(op(10, "Resize", "x", "f1,1,2,3"));
    calls.add(op(9, "Upsample", "x", "f1,1,2,2"));
    calls.add(op(17, "GridSample", "x", "w2x4x5x2"));
    calls.add(op(17, "OneHot", "i1,0,2", "s4", "f0,1"));
    calls.add(op(17, "ConstantOfShape", "i2,3"));
    calls.add(op(17, "Range", "s1", "s8", "s3"));
    calls.add(op(17, "Shape", "x"));
    calls.add(op(17, "Shape", "x").with(integer("start", 1), integer("end", -1)));
    calls.add(op(17, "Size", "x"));
    calls.add(op(17, "Einsum", "x", "w7x5").with(text("equation", "nchw,wk->nkhc")));
    calls.add(op(17, "Einsum", "x", "w7x5").with(text("equation", "nchw, wk")));
    calls.add(
        op(17, "LSTM", "w5x2x3", "w1x16x3", "w1x16x4").with(integer("hidden_size", 4)).outputs(3));
    calls.add(
        op(17, "GRU", "w5x2x3", "w2x12x3", "w2x12x4")
            .with(integer("hidden_size", 4), text("direction", "bidirectional"))
            .outputs(2));
    return calls.stream();
  }

  @ParameterizedTest
  @MethodSource("calls")
  void dimensions_namedSizes_areThoseOnnxRuntimeFinds(Call call) {
    int known = ShapeOracle.verify(call.on("n", 6, "h", "w").proto(), Map.of("x", INPUT));

    assertThat(known).isGreaterThanOrEqualTo(call.opType.equals("Resize") ? 1 : call.outputs + 1);
  }

  @ParameterizedTest
  @MethodSource("calls")
  void dimensions_unnamedSizes_neverContradictOnnxRuntime(Call call) {
    assertThat(ShapeOracle.verify(call.on("?", "?", "?", "?").proto(), Map.of("x", INPUT)))
        .isNotNegative();
  }

  @Test
  void dimensions_nonZero_knowTheRankOnly() {
    assertThat(dimensions(op(17, "NonZero", "x"))).isEqualTo("[4, ?]");
  }

  @Test
  void dimensions_maximumSuppressionAndRegions_knowWhatDoesNotDependOnData() {
    assertThat(dimensions(op(17, "NonMaxSuppression", "w1x5x4", "w1x2x5"))).isEqualTo("[?, 3]");
    assertThat(
            dimensions(
                op(17, "RoiAlign", "x", "w3x4", "i0,0,1")
                    .with(integer("output_height", 4), integer("output_width", 5))))
        .isEqualTo("[3, 6, 4, 5]");
    assertThat(dimensions(op(17, "Compress", "x", "i1,0").with(integer("axis", 1))))
        .isEqualTo("[n, ?, h, w]");
    assertThat(dimensions(op(17, "Compress", "x", "i1,0"))).isEqualTo("[?]");
  }

  @Test
  void dimensions_upsampleByAttribute_multiply() {
    AttributeProto scales =
        AttributeProto.newBuilder()
            .setName("scales")
            .setType(AttributeProto.AttributeType.FLOATS)
            .addAllFloats(List.of(1f, 1f, 2f, 3f))
            .build();

    assertThat(dimensions(op(7, "Upsample", "x").with(scales))).isEqualTo("[n, 6, 2*h, 3*w]");
  }

  @Test
  void dimensions_operatorsOfOtherDomains_areUnknown() {
    ModelBuilder builder = op(17, "Relu", "x").on("n", 6, "h", "w");
    builder.graph().getNodeBuilder(1).setDomain("com.example");

    assertThat(dimensions(builder)).isEqualTo("none");
  }

  private static String dimensions(Call call) {
    return dimensions(call.on("n", 6, "h", "w"));
  }

  private static String dimensions(ModelBuilder builder) {
    OnnxModel model = builder.build();
    return ShapeInference.of(model.graph())
        .dimensions(model.graph().value("y0").orElseThrow())
        .map(List::toString)
        .orElse("none");
  }

  private static Call op(long opset, String opType, String... inputs) {
    return new Call(opset, opType, List.of(inputs), List.of(), 1);
  }

  record Call(
      long opset,
      String opType,
      List<String> inputs,
      List<AttributeProto> attributes,
      int outputs) {

    Call with(AttributeProto... more) {
      return new Call(opset, opType, inputs, List.of(more), outputs);
    }

    Call outputs(int count) {
      return new Call(opset, opType, inputs, attributes, count);
    }

    ModelBuilder on(Object... dimensions) {
      ModelBuilder builder = ModelBuilder.create().opset(opset);
      builder.input("x", dimensions);
      builder.relu("r", "x");
      inputs.stream().distinct().forEach(input -> define(builder, input));
      List<String> names = inputs.stream().map(Call::name).toList();
      builder
          .graph()
          .addNode(
              ModelBuilder.node(opType, "y0", names, attributes.toArray(AttributeProto[]::new)));
      for (int i = 1; i < outputs; i++) {
        builder.graph().getNodeBuilder(1).addOutput("y" + i);
      }
      builder.output("r");
      return builder;
    }

    private static String name(String input) {
      return input.equals("_") ? "" : input.replace(',', '_');
    }

    private static void define(ModelBuilder builder, String input) {
      List<String> parts = List.of(input.substring(1).split("[x,]", -1));
      switch (input.charAt(0)) {
        case 'w' -> builder.constant(name(input), ModelBuilder.random(7, 1, longs(parts)));
        case 'i' -> builder.longs(name(input), longs(parts));
        case 's' -> builder.constant(name(input), Tensor.ofLongs(Shape.of(), longs(parts)));
        case 'f' -> builder.constant(name(input), floats(parts));
        default -> {}
      }
    }

    private static long[] longs(List<String> numbers) {
      return numbers.stream().mapToLong(Long::parseLong).toArray();
    }

    private static Tensor floats(List<String> numbers) {
      float[] values = new float[numbers.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.parseFloat(numbers.get(i));
      }
      return Tensor.ofFloats(Shape.of(values.length), values);
    }

    @Override
    public String toString() {
      return opType + opset + inputs + attributes.stream().map(AttributeProto::getName).toList();
    }
  }
}
