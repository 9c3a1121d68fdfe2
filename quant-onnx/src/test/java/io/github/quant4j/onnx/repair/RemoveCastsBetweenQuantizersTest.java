/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.INT32;
import static io.github.quant4j.core.tensor.ElementType.INT8;
import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RemoveCastsBetweenQuantizersTest {
  private static final Map<String, Tensor> INPUT =
      Map.of("x", ModelBuilder.random(1, 1, 1, 2, 4, 4));

  private final QdqGraph graph = new QdqGraph();
  private final ModelBuilder builder = graph.builder();
  private final RemoveCastsBetweenQuantizers pass = new RemoveCastsBetweenQuantizers();

  @BeforeEach
  void quantizeTheInput() {
    graph.quantize("q", graph.input("x", 1, 2, 4, 4), 0.01f, UINT8, 7);
  }

  @Test
  void run_noCast_changesNothing() {
    OnnxModel model = builder.output(dequantize("y", "q")).build();

    assertThat(Repairs.runTwice(pass, model)).isEmpty();
  }

  @Test
  void run_castsOfEveryReader_areRemoved() {
    dequantize("y", cast("c", "q", UINT8));
    dequantize("z", cast("d", "q", UINT8));
    OnnxModel model = builder.output("y").output("z").build();

    assertThat(keepsResults(model))
        .extracting(Finding::toString)
        .contains(
            "R02 error at node \"c\", tensor \"c\": codes of type uint8 are cast to uint8;"
                + " readers -> \"q\", Cast removed")
        .hasSize(2);
    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear DequantizeLinear DequantizeLinear");
  }

  @Test
  void run_castWithSeveralReaders_loosesThemAll() {
    cast("c", "q", UINT8);
    builder.maxPool("p", "c");
    OnnxModel model = builder.output(dequantize("y", "c")).output(dequantize("z", "p")).build();

    assertThat(keepsResults(model)).hasSize(1);
    assertThat(Repairs.operators(model))
        .isEqualTo("QuantizeLinear MaxPool DequantizeLinear DequantizeLinear");
  }

  @Test
  void run_chainOfCasts_isRemoved() {
    OnnxModel model =
        builder.output(dequantize("y", cast("d", cast("c", "q", INT8), UINT8))).build();

    assertThat(keepsResults(model)).hasSize(2);
    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear DequantizeLinear");
  }

  /** The MaxPool compares signed numbers, which only the Cast makes of the codes. */
  @Test
  void run_castToAnotherType_staysForReadersThatAreNoDequantizeLinear() {
    cast("c", "q", INT8);
    builder.maxPool("p", "c");
    dequantize("y", "c");
    OnnxModel model = builder.output("y").output("p", INT8).build();

    assertThat(Repairs.runTwice(pass, model))
        .extracting(finding -> finding.remedy().text())
        .containsExactly("readers -> \"q\", Cast left to its others");
    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear Cast MaxPool DequantizeLinear");
    assertThat(Repairs.node(model, "y").requiredInput(0).name()).isEqualTo("q");
    assertThat(Repairs.node(model, "p").requiredInput(0).name()).isEqualTo("c");
  }

  @Test
  void run_castThatIsAnOutput_stays() {
    dequantize("y", cast("c", "q", UINT8));
    OnnxModel model = builder.output("y").output("c", UINT8).build();

    assertThat(Repairs.runTwice(pass, model)).hasSize(1);
    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear Cast DequantizeLinear");
    assertThat(Repairs.node(model, "y").requiredInput(0).name()).isEqualTo("q");
  }

  @Test
  void run_castReadInABody_stays() {
    dequantize("y", cast("c", "q", INT8));
    OnnxModel model = builder.output("y").output(Bodies.choice(builder, "z", "c"), INT8).build();

    assertThat(Repairs.runTwice(pass, model)).hasSize(1);
    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear Cast DequantizeLinear If");
  }

  @Test
  void run_castToAWiderType_isRefused() {
    OnnxModel model = builder.output(dequantize("y", cast("c", "q", INT32))).build();

    assertThat(Repairs.runTwice(pass, model))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.isRefused()).isTrue();
              assertThat(finding.found()).isEqualTo("codes of type uint8 are cast to int32");
            });
    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear Cast DequantizeLinear");
  }

  /** A walk for each Cast, or a call for each, would not come to an end in time. */
  @Test
  void run_longChain_isRemoved() {
    String codes = "q";
    for (int i = 0; i < 5_000; i++) {
      codes = cast("c" + i, codes, INT8);
    }
    OnnxModel model = builder.output(dequantize("y", codes)).build();

    assertThat(pass.run(new RepairContext(model, RepairOptions.defaults()))).isTrue();
    assertThat(Repairs.operators(model)).isEqualTo("QuantizeLinear DequantizeLinear");
  }

  private List<Finding> keepsResults(OnnxModel model) {
    List<ByteBuffer> before = Numbers.results(model, INPUT);
    List<Finding> findings = Repairs.runTwice(pass, model);
    assertThat(Numbers.results(model, INPUT)).isEqualTo(before);
    return findings;
  }

  private String cast(String name, String codes, ElementType to) {
    return builder.add("Cast", name, List.of(codes), ModelBuilder.integer("to", to.onnxCode()));
  }

  private String dequantize(String name, String codes) {
    return graph.dequantize(name, codes, 0.01f, UINT8, 7);
  }
}
