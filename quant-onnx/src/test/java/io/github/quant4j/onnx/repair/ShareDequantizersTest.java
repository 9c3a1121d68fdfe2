/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.FLOAT16;
import static io.github.quant4j.core.tensor.ElementType.INT16;
import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShareDequantizersTest {
  private static final Map<String, Tensor> INPUT =
      Map.of("x", ModelBuilder.random(1, 1, 1, 2, 4, 4));
  private static final float SCALE = 0.01f;

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private final ShareDequantizers pass = new ShareDequantizers();

  @BeforeEach
  void quantizeTheInput() {
    graph.quantize("q", graph.input("x", 1, 2, 4, 4), SCALE, INT8, 3);
  }

  @Test
  void run_oneReader_changesNothing() {
    graph.dequantize("a", "q", SCALE, INT8, 3);
    OnnxModel model = builder.output(builder.sum("y", "a", builder.relu("r", "a"))).build();

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
  }

  @Test
  void run_readersOfTheSameNumbers_becomeTheFirst() {
    graph.dequantize("a", "q", SCALE, INT8, 3);
    builder.relu("r", "a");
    builder.constant("s", Tensor.ofFloats(Shape.of(1), SCALE));
    builder.constant("z", Tensor.ofBytes(INT8, Shape.of(1), (byte) 3));
    builder.add("DequantizeLinear", "b", List.of("q", "s", "z"));
    OnnxModel model = builder.output(builder.sum("y", "r", "b")).build();

    assertThat(keepsResults(model))
        .extracting(Finding::toString)
        .containsExactly(
            "R13 warning at node \"q\", tensor \"x\": 2 DequantizeLinear nodes read its codes with"
                + " the same numbers; 1 of them -> \"a\"");
    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear DequantizeLinear Relu Add");
    assertThat(Repairs.node(model, "y").requiredInput(1).name()).isEqualTo("a");
  }

  @Test
  void run_readerConnectedFirstButStandingLater_isNotTheOneKept() {
    builder
        .graph()
        .addNode(
            ModelBuilder.node(
                "Cast", "c", List.of("q"), ModelBuilder.integer("to", INT8.onnxCode())));
    graph.dequantize("a", "c", SCALE, INT8, 3);
    builder.relu("r", "a");
    graph.dequantize("b", "q", SCALE, INT8, 3);
    OnnxModel model = builder.output(builder.sum("y", "r", "b")).build();
    new RemoveCastsBetweenQuantizers().run(new RepairContext(model, RepairOptions.defaults()));

    assertThat(keepsResults(model)).hasSize(1);
    assertThat(Repairs.node(model, "y").requiredInput(1).name()).isEqualTo("a");
  }

  @Test
  void run_readersThatWriteOutputsOrAreReadInBodies_stay() {
    graph.dequantize("a", "q", SCALE, INT8, 3);
    graph.dequantize("b", "q", SCALE, INT8, 3);
    graph.dequantize("c", "q", SCALE, INT8, 3);
    builder.sum("s", "a", "b");
    Bodies.choice(builder, "i", "c");
    OnnxModel model = builder.output("b").output("s").output("i").build();

    assertThat(keepsResults(model)).hasSize(1);
    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear DequantizeLinear Add If");
    assertThat(Repairs.node(model, "s").requiredInput(1).name()).isEqualTo("a");
  }

  @Test
  void run_otherScale_isRefused() {
    graph.dequantize("a", "q", 2 * SCALE, INT8, 3);
    OnnxModel model = builder.output("a").build();

    assertThat(Repairs.runTwice(pass, model))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.isRefused()).isTrue();
              assertThat(finding.defect()).isEqualTo(Defect.CONFLICTING_PAIR);
              assertThat(finding.found())
                  .isEqualTo(
                      "quantized with scale 0.01, zero point int8 3,"
                          + " dequantized with scale 0.02, zero point int8 3");
            });
  }

  @Test
  void run_otherZeroPoint_isRefusedAndTheEqualOnesAreShared() {
    graph.dequantize("a", "q", SCALE, INT8, 4);
    graph.dequantize("b", "q", SCALE, INT8, 3);
    graph.dequantize("c", "q", SCALE, INT8, 3);
    builder.sum("s", "a", "b");
    OnnxModel model = builder.output(builder.sum("y", "s", "c")).build();

    assertThat(keepsResults(model))
        .extracting(Finding::defect)
        .containsExactly(Defect.CONFLICTING_PAIR, Defect.REPEATED_PAIR);
    assertThat(Repairs.node(model, "y").requiredInput(1).name()).isEqualTo("b");
  }

  @Test
  void run_otherType_isLeftToThePassThatAlignsThem() {
    graph.dequantize("a", "q", SCALE, UINT8, 3);

    assertThat(Repairs.runTwice(pass, builder.output("a").build())).isEmpty();
  }

  @Test
  void run_codesOf16Bits_areLeftToThePassThatRefusesThem() {
    builder.constant("z", Tensor.of(INT16, Shape.of(), ByteBuffer.allocate(2)));
    builder.add("QuantizeLinear", "wide", List.of("x", "q.scale", "z"));
    builder.add("DequantizeLinear", "y", List.of("wide", "q.scale", "z"));

    assertThat(Repairs.runTwice(pass, builder.opset(21).output("y").build())).isEmpty();
  }

  /** Of opset 23 on, and beyond the ONNX Runtime of the tests. */
  @Test
  void run_resultsOfAnotherType_stayApart() {
    graph.dequantize("a", "q", SCALE, INT8, 3);
    builder.add(
        "DequantizeLinear",
        "b",
        List.of("q", "q.scale", "q.zp"),
        ModelBuilder.integer("output_dtype", FLOAT16.onnxCode()));
    OnnxModel model = builder.opset(23).output("a").output(builder.relu("r", "b"), FLOAT16).build();
    byte[] before = model.toByteArray();

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  private List<Finding> keepsResults(OnnxModel model) {
    List<ByteBuffer> before = Numbers.results(model, INPUT);
    List<Finding> findings = Repairs.runTwice(pass, model);
    assertThat(Numbers.results(model, INPUT)).isEqualTo(before);
    return findings;
  }
}
