/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Measured;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Planning costs in proportion to the graph. Told by the bytes it allocates, which every run
 * repeats: a walk over the graph, or over the readers of a tensor, for each node would make them
 * grow with the square.
 */
class PlanningCostTest {
  private static final int SIZE = 100;

  @ParameterizedTest
  @EnumSource
  void plan_fourTimesTheGraph_allocatesAboutFourTimesAsMuch(Network network) {
    OnnxModel small = network.of(SIZE);
    OnnxModel large = network.of(4 * SIZE);
    allocatedByPlanning(small);

    assertThat((double) allocatedByPlanning(large) / allocatedByPlanning(small)).isLessThan(5);
  }

  private static long allocatedByPlanning(OnnxModel model) {
    Measured<QuantizationPlan> planned =
        Measured.of(() -> Plans.planner().withInt8Attention(true).plan(model));
    assertThat(planned.result().quantizedNodeCount()).isPositive();
    return planned.bytes();
  }

  /** Networks of so many branches or blocks. */
  enum Network {
    BRANCHES_OF_ONE_CONCAT {
      @Override
      String build(ModelBuilder builder, int count) {
        String x = builder.conv("stem", builder.input("x", 1, 16, 8, 8), 16, 16, 1);
        List<String> branches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          branches.add(builder.relu("r" + i, builder.conv("c" + i, x, 16, 16, 1)));
        }
        String all = builder.add("Concat", "all", branches, ModelBuilder.integer("axis", 1));
        return builder.conv("last", all, 16 * count, 16, 1);
      }
    },
    GATES {
      @Override
      String build(ModelBuilder builder, int count) {
        String x = builder.input("x", 1, 16, 8, 8);
        for (int i = 0; i < count; i++) {
          String main = builder.relu("r" + i, builder.conv("c" + i, x, 16, 16, 1));
          String gate = builder.add("GlobalAveragePool", "a" + i, List.of(main));
          gate = builder.relu("h" + i, builder.conv("f" + i, gate, 16, 16, 1));
          gate = builder.add("Sigmoid", "g" + i, List.of(builder.conv("e" + i, gate, 16, 16, 1)));
          x = builder.add("Mul", "m" + i, List.of(main, gate));
        }
        return builder.conv("last", x, 16, 16, 1);
      }
    },
    PRODUCTS {
      @Override
      String build(ModelBuilder builder, int count) {
        String x = builder.input("x", 1, 16, 16);
        for (int i = 0; i < count; i++) {
          String left = builder.add("MatMul", "l" + i, List.of(x, builder.weight("v" + i, 16, 16)));
          String right =
              builder.add("MatMul", "r" + i, List.of(x, builder.weight("w" + i, 16, 16)));
          x = builder.add("MatMul", "p" + i, List.of(left, right));
        }
        return x;
      }
    };

    abstract String build(ModelBuilder builder, int count);

    OnnxModel of(int count) {
      ModelBuilder builder = ModelBuilder.create();
      return builder.output(builder.relu("end", build(builder, count))).build();
    }
  }
}
