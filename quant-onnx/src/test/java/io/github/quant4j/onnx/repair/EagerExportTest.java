/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT32;
import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static io.github.quant4j.onnx.ModelBuilder.integer;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the stage of form makes of the nodes that PyTorch's exporter writes for eager mode. */
class EagerExportTest {
  private static final Tensor INPUT = ModelBuilder.random(1, 1, 1, 2, 6, 6);

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();

  @Test
  void form_residualBlock_isLeftWithPairsOfInitializers() {
    quantize("q", graph.input("x", 1, 2, 6, 6), 0.01f, INT8);
    convolution("conv", "q", INT8, 0.01f, 2);
    quantize("r", builder.relu("relu", "conv"), 0.02f, UINT8);
    convolution("next", "r", UINT8, 0.02f, 2);
    builder.sum("sum", "next", dequantize("skip", "r", UINT8, 0.02f));
    quantize("last", "sum", 0.03f, UINT8);
    OnnxModel model = builder.output(dequantize("y", "last", UINT8, 0.03f)).build();
    float[] before = OnnxRuntimeOracle.run(model, INPUT);

    RepairContext context = new RepairContext(model, RepairOptions.defaults());
    RepairPasses.form().forEach(pass -> pass.run(context));

    assertThat(OnnxRuntimeOracle.run(model, INPUT)).isEqualTo(before);
    assertThat(Repairs.operators(model))
        .isEqualTo(
            "QuantizeLinear DequantizeLinear DequantizeLinear DequantizeLinear Conv Relu"
                + " QuantizeLinear DequantizeLinear DequantizeLinear DequantizeLinear Conv Add"
                + " QuantizeLinear DequantizeLinear");
    assertThat(context.findings()).noneMatch(Finding::isRefused);
    assertThat(model.graph().nodes())
        .flatExtracting(node -> Quantizer.of(node).stream().toList())
        .allMatch(Quantizer::isConstant);
    assertThat(model.graph().value("conv.codes").filter(Value::isConstant)).isPresent();
  }

  @Test
  void form_secondTime_findsNothing() {
    quantize("q", graph.input("x", 1, 2, 6, 6), 0.01f, INT8);
    OnnxModel model = builder.output(dequantize("y", "q", INT8, 0.01f)).build();
    RepairContext context = new RepairContext(model, RepairOptions.defaults());
    RepairPasses.form().forEach(pass -> pass.run(context));

    RepairContext again = new RepairContext(model, RepairOptions.defaults());
    assertThat(RepairPasses.form()).noneMatch(pass -> pass.run(again));
    assertThat(again.findings()).isEmpty();
  }

  private void convolution(String name, String codes, ElementType type, float scale, int channels) {
    String x = dequantize(name + ".x", codes, type, scale);
    String weight = graph.weight(name + ".w", 0, channels, channels, 3, 3);
    constant(name + ".codes", Tensor.ofInts(Shape.of(2), 10, -20));
    constant(name + ".s", Tensor.ofFloats(Shape.of(2), scale / 100, scale / 200));
    constant(name + ".count", Tensor.ofLongs(Shape.of(1), 2));
    builder.add(
        "ConstantOfShape",
        name + ".zeros",
        List.of(name + ".count"),
        ModelBuilder.tensor("value", Tensor.ofFloats(Shape.of(1), 0)));
    cast(name + ".z", name + ".zeros", INT32);
    builder.add(
        "DequantizeLinear",
        name + ".b",
        List.of(name + ".codes", name + ".s", name + ".z"),
        integer("axis", 0));
    graph.conv(name, 3, x, weight, name + ".b");
  }

  private void quantize(String name, String input, float scale, ElementType type) {
    builder.add("QuantizeLinear", name, parameters(name, input, scale, type));
  }

  private String dequantize(String name, String codes, ElementType type, float scale) {
    cast(name + ".cast", codes, type);
    return builder.add("DequantizeLinear", name, parameters(name, name + ".cast", scale, type));
  }

  private List<String> parameters(String name, String data, float scale, ElementType type) {
    constant(name + ".scale", Tensor.ofFloats(Shape.of(), scale));
    constant(name + ".zp", Tensor.ofBytes(type, Shape.of(), (byte) 0));
    return List.of(data, name + ".scale", name + ".zp");
  }

  private void constant(String name, Tensor value) {
    builder.add("Constant", name, List.of(), ModelBuilder.tensor("value", value));
  }

  private void cast(String name, String value, ElementType to) {
    builder.add("Cast", name, List.of(value), integer("to", to.onnxCode()));
  }
}
