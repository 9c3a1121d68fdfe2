/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuantizationPlanTest {
  private static final QuantizationPlan PLAN = plan();

  @Test
  void toString_ofAPlan_readsAsALinePerNodeThenTheNotes() {
    assertThat(PLAN)
        .hasToString(
            """
            2 of 3 nodes INT8
            Conv "c" INT8 (P06: first convolution, weight [16, 16, 3, 3])
            Relu "r" INT8 (P22: fused into the operator before it)
            Softmax "s" float (P35: Softmax has no INT8 kernel worth a pair)
            P46: tensor "x" is read both as INT8 and as float
            """);
  }

  @Test
  void toJson_ofAPlan_holdsEverythingARecordPerLine() {
    assertThat(PLAN.toJson())
        .isEqualTo(
            """
            {
              "nodes": 3,
              "int8Nodes": 2,
              "decisions": [
                {"node": "c", "operator": "Conv", "int8": true, "rule": "P06", "reason": "first \
            convolution, weight [16, 16, 3, 3]"},
                {"node": "r", "operator": "Relu", "int8": true, "rule": "P22", "reason": "fused \
            into the operator before it"},
                {"node": "s", "operator": "Softmax", "int8": false, "rule": "P35", \
            "reason": "Softmax has no INT8 kernel worth a pair"}
              ],
              "activationPairs": [
                {"tensor": "x", "rangeSources": ["x"], "rule": "P06", "readers": [{"node": "c", \
            "input": 0}]}
              ],
              "weights": [
                {"tensor": "c.W", "axis": 0, "readers": [{"node": "c", "input": 1}]}
              ],
              "biases": [
                {"node": "c", "input": 2, "inputTensor": "x", "weightTensor": "c.W"}
              ],
              "observationPoints": [
                "x"
              ],
              "notes": [
                "P46: tensor \\"x\\" is read both as INT8 and as float"
              ]
            }
            """);
  }

  @Test
  void toJson_weightWithOneScale_hasNoAxis() {
    ModelBuilder builder = ModelBuilder.create();
    builder.weight("B", 2, 32, 16);
    String m = builder.add("MatMul", "m", List.of(builder.input("x", 2, 4, 32), "B"));

    assertThat(Plans.of(builder.output(m)).toJson())
        .contains("{\"tensor\": \"B\", \"readers\": [{\"node\": \"m\", \"input\": 1}]}");
  }

  @Test
  void decision_unknownNode_isEmpty() {
    assertThat(PLAN.decision("nothing")).isEmpty();
  }

  @Test
  void edges_compare_byNodeThenInput() {
    assertThat(List.of(new Edge("b", 0), new Edge("a", 1), new Edge("a", 0)).stream().sorted())
        .extracting(Edge::toString)
        .containsExactly("a[0]", "a[1]", "b[0]");
  }

  private static QuantizationPlan plan() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 16, 8, 8);
    builder.output(builder.relu("r", builder.conv("c", x, 16, 16, 3)));
    return Plans.of(builder.output(builder.add("Softmax", "s", List.of(x))));
  }
}
