/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import static io.github.quant4j.onnx.ModelBuilder.integer;
import static io.github.quant4j.onnx.ModelBuilder.integers;
import static io.github.quant4j.onnx.ModelBuilder.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShapeInferenceTest {
  private static final Tensor INPUT = ModelBuilder.random(1, 1, 2, 6, 9, 7);

  /** Operators on x of [2, 6, 9, 7]; constants are named by their shapes. */
  static Stream<Call> operators() {
    return Stream.of(
        op("Relu", "x"),
        op("Add", "x", "w7"),
        op("Add", "w1x1x9x1", "x"),
        op("Conv", "x", "w4x6x3x3"),
        op("Conv", "x", "w4x6x3x3").with(integers("pads", 1, 2, 0, 1), integers("strides", 2, 3)),
        op("Conv", "x", "w4x6x3x3").with(integers("dilations", 2, 1)),
        op("Conv", "x", "w4x6x3x3").with(text("auto_pad", "SAME_UPPER"), integers("strides", 2, 2)),
        op("Conv", "x", "w4x6x3x3").with(text("auto_pad", "VALID")),
        op("Conv", "x", "w6x3x1x1").with(integer("group", 2)),
        pool("MaxPool", 3, 2, 0),
        pool("MaxPool", 3, 2, 1),
        pool("AveragePool", 2, 2, 1),
        pool("AveragePool", 3, 3, 0),
        op("MaxPool", "x")
            .with(
                integers("kernel_shape", 3, 3),
                integers("strides", 4, 4),
                integers("pads", 1, 1, 1, 1),
                integer("ceil_mode", 1)),
        op("GlobalAveragePool", "x"),
        op("GlobalMaxPool", "x"),
        op("Flatten", "x"),
        op("Flatten", "x").with(integer("axis", -1)),
        op("Flatten", "x").with(integer("axis", 0)),
        op("Flatten", "x").with(integer("axis", 4)),
        op("Transpose", "x"),
        op("Transpose", "x").with(integers("perm", 0, 2, 3, 1)),
        op("Concat", "x", "w2x5x9x7").with(integer("axis", 1)),
        op("Concat", "x", "x").with(integer("axis", -1)),
        op("MatMul", "x", "w7x5"),
        op("MatMul", "x", "w6x7x5"),
        op("Softmax", "x"),
        op("Mean", "x", "w9x1"));
  }

  @ParameterizedTest
  @MethodSource("operators")
  void dimensions_operatorOnKnownInput_areThoseOnnxRuntimeFinds(Call call) {
    OnnxModel model = call.on(2, 6, 9, 7);
    Tensor output = OnnxRuntimeOracle.firstOutput(model, INPUT);

    assertThat(dimensions(model)).isEqualTo(Arrays.toString(output.shape().toArray()));
  }

  @ParameterizedTest
  @MethodSource("operators")
  void dimensions_operatorOnUnknownInput_neverContradictsOnnxRuntime(Call call) {
    Tensor output = OnnxRuntimeOracle.firstOutput(call.on(2, 6, 9, 7), INPUT);
    long[] actual = output.shape().toArray();
    OnnxModel model = call.on("?", "c", "?", "?");
    ShapeInference.of(model.graph())
        .dimensions(model.graph().value("y").orElseThrow())
        .ifPresent(
            found -> {
              assertThat(found).hasSize(actual.length);
              for (int i = 0; i < actual.length; i++) {
                if (found.get(i) instanceof Dimension.Fixed fixed) {
                  assertThat(fixed.size()).isEqualTo(actual[i]);
                }
              }
            });
  }

  @Test
  void dimensions_gemm_areRowsAndColumns() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 6);
    builder.weight("w", 5, 6);
    builder.add("Gemm", "y", List.of(x, "w"), integer("transB", 1));

    assertThat(dimensions(builder.output("y").build())).isEqualTo("[n, 5]");
  }

  @Test
  void dimensions_gemmOnUnknownInput_knowTheColumns() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.add("Mystery", "m", List.of(builder.input("x", 3)));
    builder.weight("w", 6, 5);
    builder.add("Gemm", "y", List.of(x, "w"));

    assertThat(dimensions(builder.output("y").build())).isEqualTo("[?, 5]");
  }

  @Test
  void dimensions_reshape_copiesZerosAndClosesTheGap() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 6, 4);
    builder.longs("shape", 0, 3, -1);
    builder.add("Reshape", "y", List.of(x, "shape"));

    assertThat(dimensions(builder.output("y").build())).isEqualTo("[n, 3, 8]");
  }

  @Test
  void dimensions_pad_growByBothSides() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 6, "h");
    builder.longs("pads", 0, 1, 1, 0, 2, 0);
    builder.add("Pad", "y", List.of(x, "pads"));

    assertThat(dimensions(builder.output("y").build())).isEqualTo("[n, 9, h + 1]");
  }

  @Test
  void dimensions_padOfComputedSize_keepTheRank() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 6);
    builder.add("Pad", "y", List.of(x, builder.input("pads", 4)));

    assertThat(dimensions(builder.output("y").build())).isEqualTo("[?, ?]");
  }

  @Test
  void dimensions_convolutionThatKeepsTheSize_keepsNamedSizes() {
    ModelBuilder builder = ModelBuilder.create();
    builder.conv("y", builder.input("x", "n", 4, "h", "w"), 4, 8, 3);

    assertThat(dimensions(builder.output("y").build())).isEqualTo("[n, 8, h, w]");
  }

  @Test
  void dimensions_declaredNumberBesideUnknownOperator_isTaken() {
    ModelBuilder builder = ModelBuilder.create();
    builder.add("Mystery", "y", List.of(builder.input("x", 3)));
    builder.graph().addValueInfo(ModelBuilder.value("y", 1, "n", 5));

    assertThat(dimensions(builder.build())).isEqualTo("[n, 5]");
  }

  @Test
  void dimensions_declaredNameBesideKnownOperator_givesWayToTheNumber() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("y", builder.input("x", 3, "h"));
    builder.graph().addValueInfo(ModelBuilder.value("y", 1, "k", 5));

    assertThat(dimensions(builder.build())).isEqualTo("[3, 5]");
  }

  @Test
  void dimensions_copyOfStrings_areThoseOfTheStrings() {
    ModelBuilder builder = ModelBuilder.create();
    builder
        .graph()
        .addInitializer(
            TensorProto.newBuilder()
                .setName("words")
                .addDims(2)
                .setDataType(TensorProto.DataType.STRING.getNumber())
                .addAllStringData(
                    List.of(ByteString.copyFromUtf8("a"), ByteString.copyFromUtf8("b"))));
    builder.add("Identity", "y", List.of("words"));

    assertThat(dimensions(builder.build())).isEqualTo("[2]");
  }

  @Test
  void dimensions_operatorOfAnotherDomain_areUnknown() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("y", builder.input("x", 3));
    builder.graph().getNodeBuilder(0).setDomain("com.example");

    assertThat(dimensions(builder.build())).isEqualTo("none");
  }

  @Test
  void haveSameShape_broadcastOrUnknownRank_isFalse() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    String z = builder.input("z", "n", 4, 1, 1);
    builder.relu("r", x);
    builder.add("Mystery", "m", List.of(x));
    OnnxModel model = builder.build();
    ShapeInference shapes = ShapeInference.of(model.graph());

    assertThat(same(model, shapes, "x", "r")).isTrue();
    assertThat(same(model, shapes, "x", z)).isFalse();
    assertThat(same(model, shapes, "m", "m")).isFalse();
  }

  @Test
  void of_senselessAttributes_neverFails() {
    List<String> opTypes =
        List.of(
            "Conv",
            "MaxPool",
            "Flatten",
            "Transpose",
            "Reshape",
            "Concat",
            "Pad",
            "Gemm",
            "MatMul",
            "Slice",
            "Split",
            "Squeeze",
            "Unsqueeze",
            "Gather",
            "GatherND",
            "Expand",
            "Tile",
            "Resize",
            "Upsample",
            "ConvTranspose",
            "DepthToSpace",
            "SpaceToDepth",
            "ReduceMean",
            "ArgMax",
            "TopK",
            "OneHot",
            "Range",
            "ConstantOfShape",
            "Shape",
            "Einsum",
            "LSTM",
            "GridSample",
            "RoiAlign",
            "LayerNormalization",
            "Div",
            "Cast",
            "Where");
    List<String> names =
        List.of(
            "pads",
            "strides",
            "dilations",
            "output_padding",
            "perm",
            "axes",
            "starts",
            "split",
            "group",
            "start",
            "num_outputs",
            "blocksize",
            "hidden_size",
            "batch_dims",
            "to");
    for (long seed = 0; seed < 6000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      ModelBuilder builder = ModelBuilder.create();
      String x = builder.input("x", size(random) & 0xFFFF, "c", 7, Long.MAX_VALUE);
      builder.weight("w", 2, 3, 1, 2);
      builder.longs("l", size(random), size(random), size(random), size(random));
      String second = random.nextBoolean() ? "w" : "l";
      String name = names.get(random.nextInt(names.size()));
      builder.add(
          opTypes.get(random.nextInt(opTypes.size())),
          "y",
          List.of(random.nextBoolean() ? "l" : x, second, random.nextBoolean() ? "l" : x, "l"),
          random.nextBoolean()
              ? integers(name, size(random), size(random), size(random), size(random))
              : integer(name, size(random)),
          integers("kernel_shape", size(random), 2),
          integer("axis", size(random)));
      OnnxModel model = builder.output("y").build();

      assertThat(ShapeInference.of(model.graph())).as("seed %d", seed).isNotNull();
    }
  }

  private static long size(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(-3, 4);
      case 1 -> random.nextLong();
      case 2 -> random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE;
      default -> random.nextInt(100);
    };
  }

  private static boolean same(OnnxModel model, ShapeInference shapes, String a, String b) {
    return shapes.haveSameShape(
        model.graph().value(a).orElseThrow(), model.graph().value(b).orElseThrow());
  }

  private static String dimensions(OnnxModel model) {
    return ShapeInference.of(model.graph())
        .dimensions(model.graph().value("y").orElseThrow())
        .map(List::toString)
        .orElse("none");
  }

  private static Call op(String opType, String... inputs) {
    return new Call(opType, List.of(inputs), List.of());
  }

  private static Call pool(String opType, long kernel, long stride, long ceiling) {
    return op(opType, "x")
        .with(
            integers("kernel_shape", kernel, kernel),
            integers("strides", stride, stride),
            integer("ceil_mode", ceiling));
  }

  /** A call of an operator; an input "w4x6" is a constant of shape [4, 6]. */
  record Call(String opType, List<String> inputs, List<AttributeProto> attributes) {

    Call with(AttributeProto... more) {
      return new Call(opType, inputs, List.of(more));
    }

    OnnxModel on(Object... dimensions) {
      ModelBuilder builder = ModelBuilder.create();
      builder.input("x", dimensions);
      inputs.stream()
          .filter(name -> name.startsWith("w"))
          .forEach(
              name ->
                  builder.weight(
                      name,
                      Arrays.stream(name.substring(1).split("x"))
                          .mapToLong(Long::parseLong)
                          .toArray()));
      builder.add(opType, "y", inputs, attributes.toArray(AttributeProto[]::new));
      return builder.output("y").build();
    }

    @Override
    public String toString() {
      return opType + inputs + attributes.stream().map(AttributeProto::getName).toList();
    }
  }
}
