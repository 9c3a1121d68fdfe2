/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static io.github.quant4j.onnx.ModelBuilder.integer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.qdq.FusedGroup.Kind;
import io.github.quant4j.onnx.qdq.FusedGroup.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FusedGroupsTest {
  private final ModelBuilder builder = ModelBuilder.create();

  @Test
  void of_residualBlock_takesTheAddIntoItsLastConvolution() {
    String x = builder.input("x", 1, 16, 8, 8);
    String stem = builder.relu("relu0", builder.conv("stem", x, 16, 16, 3));
    String main = builder.relu("relu1", builder.conv("conv1", stem, 16, 16, 3));
    builder.sum("add", builder.conv("conv2", main, 16, 16, 3), stem);
    builder.conv("next", builder.relu("relu2", "add"), 16, 16, 3);

    assertThat(lines("next"))
        .containsExactly(
            "WEIGHTED stem + relu0 (INT8 -> INT8)",
            "WEIGHTED conv1 + relu1 (INT8 -> INT8)",
            "WEIGHTED conv2 + add + relu2 (INT8 -> INT8)",
            "WEIGHTED next (INT8 -> FLOAT)",
            "REFORMAT x");
  }

  @Test
  void of_projectionShortcut_writesItsConvolutionInInt8() {
    String x = builder.input("x", 1, 16, 8, 8);
    String main = builder.relu("relu1", builder.conv("conv1", x, 16, 16, 3));
    builder.conv("conv2", main, 16, 16, 3);
    builder.conv("down", x, 16, 16, 1);
    builder.sum("add", "conv2", "down");
    builder.conv("next", builder.relu("relu2", "add"), 16, 16, 3);

    assertThat(lines("next"))
        .containsExactly(
            "WEIGHTED conv1 + relu1 (INT8 -> INT8)",
            "WEIGHTED down (INT8 -> INT8)",
            "WEIGHTED conv2 + add + relu2 (INT8 -> INT8)",
            "WEIGHTED next (INT8 -> FLOAT)",
            "REFORMAT x");
  }

  @Test
  void of_invertedResidual_isThreeKernels() {
    String x = builder.input("x", 1, 16, 8, 8);
    String stem = builder.conv("stem", x, 16, 16, 3);
    String expanded = clip("clip1", builder.conv("expand", stem, 16, 96, 1));
    String depthwise = clip("clip2", builder.conv("depthwise", expanded, 96, 96, 3, 96));
    builder.sum("add", stem, builder.conv("project", depthwise, 96, 16, 1));
    builder.conv("next", "add", 16, 96, 1);

    assertThat(lines("next"))
        .containsExactly(
            "WEIGHTED stem (INT8 -> INT8)",
            "WEIGHTED expand + clip1 (INT8 -> INT8)",
            "WEIGHTED depthwise + clip2 (INT8 -> INT8)",
            "WEIGHTED project + add (INT8 -> INT8)",
            "WEIGHTED next (INT8 -> FLOAT)",
            "REFORMAT x");
  }

  @Test
  void of_padBeforeAndMaxPoolBehind_areInTheKernelOfTheConvolution() {
    String x = builder.input("x", 1, 16, 8, 8);
    builder.longs("pads", 0, 0, 1, 1, 0, 0, 1, 1);
    builder.add("Pad", "pad", List.of(x, "pads"));
    builder.maxPool("pool", builder.relu("relu", builder.conv("conv", "pad", 16, 16, 3)));
    builder.conv("next", "pool", 16, 16, 3);

    assertThat(lines("next"))
        .containsExactly(
            "WEIGHTED pad + conv + relu + pool (INT8 -> INT8)",
            "WEIGHTED next (INT8 -> FLOAT)",
            "REFORMAT x");
  }

  @Test
  void of_maxPoolReadAsFloat_standsAlone() {
    String x = builder.input("x", 1, 16, 8, 8);
    builder.maxPool("pool", builder.relu("relu", builder.conv("conv", x, 16, 16, 3)));

    assertThat(lines("pool"))
        .containsExactly(
            "WEIGHTED conv + relu (INT8 -> FLOAT)", "SINGLE pool (FLOAT -> FLOAT)", "REFORMAT x");
  }

  @Test
  void of_functionsOfSingleElements_areOneKernel() {
    String x = builder.input("x", 1, 16, 8, 8);
    builder.add("Exp", "exp", List.of(x));
    builder.add("Sigmoid", "sigmoid", List.of("exp"));
    builder.add("Tanh", "tanh", List.of(x));
    builder.add("Mul", "mul", List.of("tanh", "sigmoid"));
    builder.add("Softmax", "softmax", List.of("mul"));
    builder.add("Sqrt", "sqrt", List.of("softmax"));

    assertThat(lines("sqrt"))
        .containsExactly(
            "POINTWISE exp + sigmoid + tanh + mul (FLOAT -> FLOAT)",
            "SINGLE softmax (FLOAT -> FLOAT)",
            "POINTWISE sqrt (FLOAT -> FLOAT)");
  }

  @Test
  void of_tensorReadAsInt8AndAsFloat_isWrittenAsFloatAndReformatted() {
    String x = builder.input("x", 1, 16, 8, 8);
    builder.relu("relu", builder.conv("conv", x, 16, 16, 3));
    builder.conv("next", "relu", 16, 16, 3);
    builder.add("Softmax", "softmax", List.of("relu"));
    builder.output("softmax");

    assertThat(lines("next"))
        .contains("WEIGHTED conv + relu (INT8 -> FLOAT)", "REFORMAT x", "REFORMAT relu");
  }

  @Test
  void of_shapeArithmetic_isInNoKernel() {
    String x = builder.input("x", 1, 16, 8, 8);
    builder.conv("conv", x, 16, 16, 3);
    builder.add("Shape", "shape", List.of(x));
    builder.constant("0", Tensor.ofLongs(Shape.of(1), 0));
    builder.add("Gather", "batch", List.of("shape", "0"));
    builder.longs("rest", -1);
    builder.add("Concat", "target", List.of("batch", "rest"), integer("axis", 0));
    builder.add("Reshape", "flat", List.of("conv", "target"));
    builder.gemm("gemm", "flat", 16 * 8 * 8, 32);

    assertThat(lines("gemm"))
        .containsExactly(
            "WEIGHTED conv (INT8 -> FLOAT)",
            "SINGLE flat (FLOAT -> FLOAT)",
            "WEIGHTED gemm (FLOAT -> FLOAT)",
            "REFORMAT x");
  }

  @Test
  void of_productsOfTransformer_leaveTheirResidualAlone() {
    String x = builder.input("x", 2, 8, 32);
    builder.weight("w", 32, 32);
    builder.weight("b", 32);
    builder.add("MatMul", "product", List.of(x, "w"));
    builder.add("Add", "bias", List.of("product", "b"));
    builder.sum("join", x, "bias");
    builder.add("Softmax", "softmax", List.of("join"));

    assertThat(lines("softmax"))
        .containsExactly(
            "WEIGHTED product + bias (INT8 -> FLOAT)",
            "POINTWISE join (FLOAT -> FLOAT)",
            "SINGLE softmax (FLOAT -> FLOAT)",
            "REFORMAT x");
  }

  @Test
  void of_residualModel_isOneKernelAConvolution() throws IOException {
    FusedGroups groups = ofModel("resnet20_fp32");

    assertThat(groups.reformats()).containsExactly("input");
    assertThat(groups.groups()).hasSize(24);
    assertThat(groups.groups().stream().filter(group -> group.kind() == Kind.WEIGHTED)).hasSize(22);
    assertThat(groups.groups().stream().filter(group -> group.output() == Precision.INT8))
        .as("all convolutions but the one before the average")
        .hasSize(20);
    assertThat(groups.groups().stream().filter(group -> group.nodes().size() == 3))
        .as("Conv, Add and Relu")
        .hasSize(9);
    assertThat(groups.groups().stream().filter(group -> group.kind() == Kind.POINTWISE)).isEmpty();
  }

  @Test
  void of_mobileModel_isOneKernelAConvolution() throws IOException {
    FusedGroups groups = ofModel("mobilenet_fp32");

    assertThat(groups.reformats()).containsExactly("input");
    assertThat(groups.groups().stream().filter(group -> group.kind() == Kind.WEIGHTED)).hasSize(24);
    assertThat(groups.groups().stream().filter(group -> group.output() == Precision.INT8))
        .hasSize(21);
    assertThat(groups.groups().stream().filter(group -> group.kind() == Kind.POINTWISE)).isEmpty();
  }

  @Test
  void fusedGroup_withoutNodes_isRefused() {
    assertThatThrownBy(
            () -> new FusedGroup(Kind.SINGLE, List.of(), Precision.FLOAT, Precision.FLOAT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nodes");
  }

  private String clip(String name, String input) {
    builder.constant(name + ".low", Tensor.ofFloats(Shape.of(), 0));
    builder.constant(name + ".high", Tensor.ofFloats(Shape.of(), 6));
    return builder.add("Clip", name, List.of(input, name + ".low", name + ".high"));
  }

  private List<String> lines(String output) {
    OnnxModel model = builder.output(output).build();
    QuantizationPlan plan = Plans.planner().plan(model);
    return FusedGroups.of(model.graph(), plan).toString().lines().toList();
  }

  private static FusedGroups ofModel(String name) throws IOException {
    OnnxModel model = OnnxModel.read(Path.of("..", "data", "models", name + ".onnx"));
    PassPipeline.normalization().run(model);
    return FusedGroups.of(model.graph(), Plans.planner().plan(model));
  }
}
