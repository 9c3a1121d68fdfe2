/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.shape;

import static io.github.quant4j.onnx.ModelBuilder.integer;
import static io.github.quant4j.onnx.ModelBuilder.integers;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shapes that models compute from shapes, on x of [n, 6, h, w]. */
class ComputedShapesTest {
  private static final long INT64 = 7;
  private static final long FLOAT = 1;

  private final ModelBuilder builder = ModelBuilder.create();

  @BeforeEach
  void declareInput() {
    builder.input("x", "n", 6, "h", "w");
    builder.relu("r", "x");
    builder.add("Shape", "shape", List.of("r"));
    builder.output("r");
  }

  @Test
  void reshape_byGatheredSizes_hasFormulas() {
    scalar("0", 0);
    scalar("2", 2);
    builder.add("Gather", "n0", List.of("shape", "0"));
    builder.add("Gather", "h0", List.of("shape", "2"));
    builder.longs("axes", 0);
    builder.add("Unsqueeze", "n1", List.of("n0", "axes"));
    builder.add("Unsqueeze", "h1", List.of("h0", "axes"));
    builder.add(
        "Concat", "target", List.of("n1", "h1", builder.longs("rest", -1)), integer("axis", 0));
    builder.add("Reshape", "y", List.of("r", "target"));

    assertThat(verified("y")).isEqualTo("[n, h, 6*w]");
  }

  @Test
  void reshape_byArithmetic_hasFormulas() {
    scalar("3", 3);
    scalar("two", 2);
    builder.add("Gather", "w0", List.of("shape", "3"));
    builder.add("Mul", "w2", List.of("w0", "two"));
    builder.add("Add", "w3", List.of("w2", "w0"));
    builder.add("Sub", "w4", List.of("w3", "w0"));
    builder.add("Div", "half", List.of("w4", "two"));
    builder.longs("one", 1);
    builder.add("Reshape", "flat", List.of("half", "one"));
    builder.add("Concat", "target", List.of(builder.longs("rest", -1), "flat"), integer("axis", 0));
    builder.add("Reshape", "y", List.of("r", "target"));

    assertThat(verified("y")).isEqualTo("[6*h*n, w]");
  }

  @Test
  void resize_toSizesOfAnotherTensor_isOfThatSize() {
    builder.maxPool("small", "r");
    builder.longs("from", 2);
    builder.longs("to", 4);
    builder.add("Slice", "plane", List.of("shape", "from", "to"));
    builder.add("Shape", "smallShape", List.of("small"));
    builder.longs("0", 0);
    builder.longs("2", 2);
    builder.add("Slice", "front", List.of("smallShape", "0", "2"));
    builder.add("Cast", "cast", List.of("plane"), integer("to", INT64));
    builder.add("Concat", "sizes", List.of("front", "cast"), integer("axis", 0));
    builder.add("Resize", "y", List.of("small", "", "", "sizes"));
    OnnxModel model = builder.build();
    ShapeInference shapes = ShapeInference.of(model.graph());

    assertThat(verified("y")).isEqualTo("[n, 6, h, w]");
    assertThat(same(model, shapes, "y", "r")).isTrue();
    assertThat(same(model, shapes, "small", "r")).isFalse();
  }

  @Test
  void resize_bySizesComputedInFloat_hasFormulas() {
    builder.add("Cast", "real", List.of("shape"), integer("to", FLOAT));
    builder.constant("factors", Tensor.ofFloats(Shape.of(4), 1, 1, 1.5f, 2));
    builder.add("Mul", "scaled", List.of("real", "factors"));
    builder.add("Floor", "floor", List.of("scaled"));
    builder.add("Cast", "sizes", List.of("floor"), integer("to", INT64));
    builder.add("Resize", "y", List.of("r", "", "", "sizes"));

    assertThat(verified("y")).isEqualTo("[n, 6, floor((3*h)/2), 2*w]");
  }

  @Test
  void resize_byComputedScales_hasNumbersOnceShapesAreGiven() {
    builder.add("Cast", "real", List.of("shape"), integer("to", FLOAT));
    builder.constant("goal", Tensor.ofFloats(Shape.of(4), 2, 6, 16, 32));
    builder.add("Div", "scales", List.of("goal", "real"));
    builder.add("Resize", "y", List.of("r", "", "scales"));

    assertThat(ShapeOracle.verify(builder.proto(), Map.of("x", input(2, 8, 4)))).isPositive();
    assertThat(dimensions("y", Map.of())).isEqualTo("[?, 6, ?, ?]");
  }

  @Test
  void expand_byShapeWithOpenSizes_choosesAsWhereDoes() {
    builder.longs("minus", -1, -1, -1, -1);
    builder.longs("ones", 1, 1, 1, 1);
    builder.add("Equal", "isOpen", List.of("shape", "minus"));
    builder.add("Where", "target", List.of("isOpen", "ones", "shape"));
    builder.weight("c", 6, 1, 1);
    builder.add("Expand", "y", List.of("c", "target"));

    assertThat(verified("y")).isEqualTo("[n, 6, h, w]");
  }

  @Test
  void constantOfShape_byReducedSizes_hasFormulas() {
    builder.longs("2", 2);
    builder.longs("4", 4);
    builder.add("Slice", "plane", List.of("shape", "2", "4"));
    builder.add("ReduceProd", "area", List.of("plane"), integers("axes", 0));
    builder.add(
        "ReduceMax", "largest", List.of("plane"), integers("axes", 0), integer("keepdims", 0));
    builder.add("ConstantOfShape", "y", List.of("area"));
    builder.add("Max", "more", List.of("largest", "largest"));

    assertThat(verified("y")).isEqualTo("[h*w]");
  }

  @Test
  void range_uptoSize_isAsLong() {
    scalar("0", 0);
    scalar("1", 1);
    scalar("2", 2);
    builder.add("Gather", "h0", List.of("shape", "2"));
    builder.add("Range", "y", List.of("0", "h0", "1"));
    builder.add("Range", "even", List.of("0", "h0", "2"));

    assertThat(verified("y")).isEqualTo("[h]");
    assertThat(verified("even")).isEqualTo("[floor((h + 1)/2)]");
  }

  @Test
  void tile_byComputedRepeats_multiplies() {
    scalar("3", 3);
    builder.add("Gather", "w0", List.of("shape", "3"));
    builder.longs("one", 1);
    builder.add("Reshape", "w1", List.of("w0", "one"));
    builder.weight("c", 5);
    builder.add("Tile", "y", List.of("c", "w1"));

    assertThat(verified("y")).isEqualTo("[5*w]");
  }

  @Test
  void pad_byComputedAmounts_grows() {
    builder.longs("zero", 0);
    builder.longs("eight", 8);
    builder.longs("3", 3);
    builder.longs("4", 4);
    builder.longs("front", 0, 0, 0, 0, 0, 0, 0);
    builder.add("Slice", "w0", List.of("shape", "3", "4"));
    builder.add("Concat", "pads", List.of("front", "w0"), integer("axis", 0));
    builder.add("Pad", "y", List.of("r", "pads"));

    assertThat(verified("y")).isEqualTo("[n, 6, h, 2*w]");
  }

  @Test
  void slice_ofTableUptoSize_isTheSmaller() {
    builder.weight("table", 1, 512, 6);
    builder.longs("0", 0);
    builder.longs("1", 1);
    builder.longs("2", 2);
    builder.longs("3", 3);
    builder.add("Slice", "h0", List.of("shape", "2", "3"));
    builder.add("Slice", "positions", List.of("table", "0", "h0", "1"));
    builder.add("ReduceMean", "mean", List.of("r"), integers("axes", 3), integer("keepdims", 0));
    builder.add("Transpose", "tokens", List.of("mean"), integers("perm", 0, 2, 1));
    builder.sum("y", "tokens", "positions");

    assertThat(verified("positions")).isEqualTo("[1, min(h, 512), 6]");
    assertThat(verified("y")).isEqualTo("[n, h, 6]");
  }

  @Test
  void constantNodes_areRead() {
    builder.add(
        "Constant",
        "target",
        List.of(),
        ModelBuilder.tensor("value", Tensor.ofLongs(Shape.of(3), 0, -1, 2)));
    builder.add("Reshape", "y", List.of("r", "target"));

    assertThat(verified("target")).isEqualTo("[3]");
    assertThat(dimensions("y", Map.of())).isEqualTo("[n, 3*h*w, 2]");
  }

  @Test
  void reshape_byTensorFromOutside_knowsTheRank() {
    builder.graph().addInput(ModelBuilder.value("target", (int) INT64, 3));
    builder.add("Reshape", "y", List.of("r", "target"));

    assertThat(dimensions("y", Map.of())).isEqualTo("[?, ?, ?]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet20_fp32", "mobilenet_fp32"})
  void dimensions_trainedModel_areThoseOfEveryTensorInOnnxRuntime(String name) throws Exception {
    Path path = Path.of("..", "data", "models", name + ".onnx");
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(path));

    int known = ShapeOracle.verify(model, Map.of("input", ModelBuilder.random(3, 1, 2, 1, 32, 32)));

    assertThat(known).isEqualTo(model.getGraph().getNodeCount());
  }

  private void scalar(String name, long value) {
    builder.constant(name, Tensor.ofLongs(Shape.of(), value));
  }

  /** Checks all values at two sizes of the input and returns the dimensions of one. */
  private String verified(String value) {
    ShapeOracle.verify(builder.proto(), Map.of("x", input(2, 8, 5)));
    ShapeOracle.verify(builder.proto(), Map.of("x", input(3, 7, 12)));
    return dimensions(value, Map.of());
  }

  private static Tensor input(long batch, long height, long width) {
    return ModelBuilder.random(1, 1, batch, 6, height, width);
  }

  private String dimensions(String value, Map<String, Shape> given) {
    OnnxModel model = builder.build();
    return ShapeInference.of(model.graph(), given)
        .dimensions(model.graph().value(value).orElseThrow())
        .map(List::toString)
        .orElse("none");
  }

  private static boolean same(OnnxModel model, ShapeInference shapes, String a, String b) {
    return shapes.haveSameShape(
        model.graph().value(a).orElseThrow(), model.graph().value(b).orElseThrow());
  }
}
