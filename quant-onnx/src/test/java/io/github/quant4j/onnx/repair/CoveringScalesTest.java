/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.core.tensor.ElementType.UINT8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.onnx.OnnxModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoveringScalesTest {
  private final QdqGraph graph = new QdqGraph();
  private final String x = graph.input("x", 1, 4, 4, 4);

  private static CoveringScales.Choice choice(OnnxModel model, RepairOptions options, int index) {
    List<AffineActivation> activations = AffineActivation.of(model.graph());
    return new CoveringScales(new RepairContext(model, options), activations)
        .of(activations.get(index));
  }

  @Test
  void of_smallerObservedRange_isTaken() {
    OnnxModel model = graph.build(graph.pair("a", x, 0.01f, UINT8, 64));

    CoveringScales.Choice choice = choice(model, Numbers.observed("x", -0.6f, 1.3f), 0);

    assertThat(choice.scale()).isEqualTo(1.3f / 127, within(1e-9f));
    assertThat(choice.isObserved()).isTrue();
  }

  @Test
  void of_largerObservedRange_isCutAtWhatTheCodesCover() {
    OnnxModel model = graph.build(graph.pair("a", x, 0.01f, UINT8, 64));

    CoveringScales.Choice choice = choice(model, Numbers.observed("x", -3, 3), 0);

    assertThat(choice.scale()).isEqualTo(0.01f * 191 / 127, within(1e-9f));
    assertThat(choice.isObserved()).isFalse();
  }

  @Test
  void of_farSmallerObservedRange_staysAboveHalf() {
    OnnxModel model = graph.build(graph.pair("a", x, 0.01f, UINT8, 64));

    assertThat(choice(model, Numbers.observed("x", -0.1f, 0.1f), 0).scale())
        .isEqualTo(0.005f * 191 / 127, within(1e-9f));
    assertThat(choice(model, Numbers.observed("x", 0, 0), 0).scale())
        .isEqualTo(0.01f * 191 / 127, within(1e-9f));
  }

  @Test
  void of_codesFromZero_countTheMaximumOnly() {
    OnnxModel model = graph.build(graph.pair("a", x, 0.01f, UINT8, 0));

    assertThat(choice(model, Numbers.observed("x", -9, 2), 0).scale())
        .isEqualTo(2f / 127, within(1e-9f));
  }

  @Test
  void of_equalPairsBehindCopies_takeTheScaleOfTheFirst() {
    String sum = graph.pair("a", graph.builder().sum("s", x, x), 0.01f, UINT8, 64);
    String relu = graph.pair("b", graph.builder().relu("r", sum), 0.01f, UINT8, 64);
    String flat = graph.builder().add("Flatten", "f", List.of(graph.builder().maxPool("p", relu)));
    OnnxModel model = graph.build(graph.pair("c", flat, 0.01f, UINT8, 64));

    float first = choice(model, Numbers.observed("s", -0.6f, 1.3f), 0).scale();

    assertThat(first).isEqualTo(1.3f / 127, within(1e-9f));
    assertThat(choice(model, Numbers.observed("s", -0.6f, 1.3f), 1).scale()).isEqualTo(first);
    assertThat(choice(model, Numbers.observed("s", -0.6f, 1.3f), 2).scale()).isEqualTo(first);
    assertThat(choice(model, Numbers.observed("r", 0, 1.3f), 1).isObserved()).isFalse();
  }

  @Test
  void of_otherPairsBehindCopies_keepTheirOwn() {
    String sum = graph.pair("a", graph.builder().sum("s", x, x), 0.01f, UINT8, 64);
    OnnxModel model =
        graph.build(graph.pair("b", graph.builder().relu("r", sum), 0.01f, UINT8, 32));

    assertThat(choice(model, Numbers.observed("r", 0, 1.5f), 1).scale())
        .isEqualTo(1.5f / 127, within(1e-9f));
  }
}
