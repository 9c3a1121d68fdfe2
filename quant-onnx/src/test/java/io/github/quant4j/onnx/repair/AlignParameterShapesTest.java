/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlignParameterShapesTest {
  private static final Tensor X = ModelBuilder.random(21, 1, 1, 2, 4, 4);

  static List<List<Shape>> shapesOfOne() {
    return List.of(
        List.of(Shape.of(1), Shape.of(1)),
        List.of(Shape.of(1, 1, 1, 1), Shape.of(1, 1, 1, 1)),
        List.of(Shape.of(), Shape.of(1)),
        List.of(Shape.of(1), Shape.of()),
        List.of(Shape.of(), Shape.of(3)));
  }

  @ParameterizedTest
  @MethodSource("shapesOfOne")
  void run_oneScaleOnAnActivation_getsRank0(List<Shape> shapes) {
    OnnxModel model = model(shapes.get(0), shapes.get(1), Shape.of(3), Shape.of(3));

    List<Finding> findings = Repairs.runTwice(new AlignParameterShapes(), model);

    assertThat(findings)
        .singleElement()
        .extracting(Finding::site)
        .hasToString("node \"p.q\", tensor \"x\"");
    assertThat(shapes(model, "p.q")).containsExactly(Shape.of(), Shape.of());
    assertThat(shapes(model, "p")).containsExactly(Shape.of(), Shape.of());
    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(expected());
  }

  static List<List<Shape>> shapesOfThree() {
    return List.of(
        List.of(Shape.of(3, 1, 1, 1), Shape.of(3, 1, 1, 1)),
        List.of(Shape.of(1, 3), Shape.of(3)),
        List.of(Shape.of(3), Shape.of()),
        List.of(Shape.of(3), Shape.of(1)));
  }

  @ParameterizedTest
  @MethodSource("shapesOfThree")
  void run_scalesPerChannel_getRank1(List<Shape> shapes) {
    OnnxModel model = model(Shape.of(), Shape.of(), shapes.get(0), shapes.get(1));

    List<Finding> findings = Repairs.runTwice(new AlignParameterShapes(), model);

    assertThat(findings)
        .singleElement()
        .hasToString(
            "R21 error at node \"w\", tensor \"w.codes\": scale of shape %s, zero point of shape "
                    .formatted(shapes.get(0))
                + shapes.get(1)
                + "; both are of shape [3]");
    assertThat(shapes(model, "w")).containsExactly(Shape.of(3), Shape.of(3));
    assertThat(OnnxRuntimeOracle.run(model, X)).containsExactly(expected());
  }

  @Test
  void run_fittingShapes_changesNothing() {
    OnnxModel model = model(Shape.of(), Shape.of(), Shape.of(3), Shape.of(3));

    assertThat(Repairs.runTwice(new AlignParameterShapes(), model)).isEmpty();
  }

  @Test
  void run_weightOfOneChannel_keepsItsAxis() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 2, 4, 4);
    OnnxModel model = graph.build(graph.int8Conv("y", graph.pair("p", "x", 0.01f), 2, 1, 1));

    assertThat(Repairs.runTwice(new AlignParameterShapes(), model)).isEmpty();
    assertThat(OnnxRuntimeOracle.run(model, X)).hasSize(16);
  }

  @Test
  void run_blocksOfScales_areRefused() {
    OnnxModel model = model(Shape.of(), Shape.of(), Shape.of(3, 2), Shape.of(3, 2));

    Repairs.assertRefused(new AlignParameterShapes(), model);
  }

  @Test
  void run_otherNumberOfZeroPoints_isRefused() {
    OnnxModel model = model(Shape.of(), Shape.of(), Shape.of(3), Shape.of(2));

    Repairs.assertRefused(new AlignParameterShapes(), model);
  }

  @Test
  void run_unequalZeroPointsBesideOneScale_areRefused() {
    QdqGraph graph = new QdqGraph();
    graph.input("x", 1, 2, 4, 4);
    graph.builder().constant("s", Tensor.ofFloats(Shape.of(), 0.01f));
    graph
        .builder()
        .constant("z", Tensor.ofBytes(ElementType.INT8, Shape.of(2), (byte) 0, (byte) 1));
    graph.builder().add("QuantizeLinear", "q", List.of("x", "s", "z"));
    graph.builder().add("DequantizeLinear", "y", List.of("q", "s", "z"));

    assertThat(Repairs.runTwice(new AlignParameterShapes(), graph.build("y")))
        .hasSize(2)
        .allMatch(Finding::isRefused);
  }

  private static float[] expected() {
    return OnnxRuntimeOracle.run(model(Shape.of(), Shape.of(), Shape.of(3), Shape.of(3)), X);
  }

  private static OnnxModel model(Shape scale, Shape zeros, Shape scales, Shape weightZeros) {
    QdqGraph graph = new QdqGraph();
    ModelBuilder builder = graph.builder();
    graph.input("x", 1, 2, 4, 4);
    List<String> pair = parameters(builder, "p", scale, zeros);
    builder.add("QuantizeLinear", "p.q", List.of("x", pair.get(0), pair.get(1)));
    builder.add("DequantizeLinear", "p", List.of("p.q", pair.get(0), pair.get(1)));
    byte[] codes = {1, -2, 3, 100, -127, 6};
    builder.constant("w.codes", Tensor.ofBytes(ElementType.INT8, Shape.of(3, 2, 1, 1), codes));
    List<String> weight = parameters(builder, "w", scales, weightZeros);
    builder.add(
        "DequantizeLinear",
        "w",
        List.of("w.codes", weight.get(0), weight.get(1)),
        ModelBuilder.integer("axis", 0));
    return graph.build(graph.conv("y", 1, "p", "w"));
  }

  private static List<String> parameters(
      ModelBuilder builder, String name, Shape scale, Shape zeros) {
    float[] scales = new float[(int) scale.elementCount()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 0.01f * (i + 1);
    }
    return List.of(
        builder.constant(name + ".scale", Tensor.ofFloats(scale, scales)),
        builder.constant(
            name + ".zp",
            Tensor.ofBytes(ElementType.INT8, zeros, new byte[(int) zeros.elementCount()])));
  }

  private static List<Shape> shapes(OnnxModel model, String node) {
    Quantizer found = Repairs.quantizer(model, node);
    return List.of(found.scale().orElseThrow().shape(), found.zeroPoint().orElseThrow().shape());
  }
}
