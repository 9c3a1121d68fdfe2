/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Measured;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A repair costs in proportion to the graph. Told by the bytes it allocates, which every run
 * repeats: a walk over the graph, or over the readers of a tensor, for each node would make them
 * grow with the square.
 */
class RepairCostTest {
  private static final int SIZE = 50;

  @ParameterizedTest
  @EnumSource
  void examine_fourTimesTheGraph_allocatesAboutFourTimesAsMuch(Network network) {
    OnnxModel small = network.of(SIZE);
    OnnxModel large = network.of(4 * SIZE);
    allocatedByRepair(small);

    assertThat((double) allocatedByRepair(large) / allocatedByRepair(small)).isLessThan(5);
  }

  private static long allocatedByRepair(OnnxModel model) {
    Measured<RepairReport> examined = Measured.of(() -> QdqRepair.create().examine(model));
    assertThat(examined.result().findings()).hasSizeGreaterThan(SIZE / 2);
    return examined.bytes();
  }

  /** Networks of so many blocks, branches or readers. */
  enum Network {
    EAGER_BLOCKS {
      @Override
      OnnxModel of(int count) {
        ResidualBlocks blocks = new ResidualBlocks();
        for (int i = 0; i < count; i++) {
          blocks.basic("b" + i);
        }
        return blocks.build();
      }
    },
    UNSIGNED_CHAIN {
      @Override
      OnnxModel of(int count) {
        QdqGraph graph = new QdqGraph();
        String x = graph.input("x", 1, 16, 4, 4);
        for (int i = 0; i < count; i++) {
          String pair = graph.pair("p" + i, x, 0.02f, ElementType.UINT8, i % 2 == 0 ? 128 : 117);
          x = graph.builder().relu("r" + i, graph.int8Conv("c" + i, pair, 16, 16, 1));
        }
        return graph.build(x);
      }
    },
    BRANCHES_OF_ONE_CONCAT {
      @Override
      OnnxModel of(int count) {
        QdqGraph graph = new QdqGraph();
        String x = graph.pair("p", graph.input("x", 1, 16, 4, 4), 0.02f);
        List<String> branches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          String branch = graph.int8Conv("c" + i, x, 16, 16, 1);
          branches.add(graph.pair("q" + i, branch, 0.02f + i % 7 * 0.001f));
        }
        ModelBuilder builder = graph.builder();
        String all = builder.add("Concat", "all", branches, ModelBuilder.integer("axis", 1));
        return graph.build(graph.int8Conv("last", graph.pair("a", all, 0.03f), 16 * count, 8, 1));
      }
    },
    PAIRS_OF_ONE_TENSOR {
      @Override
      OnnxModel of(int count) {
        QdqGraph graph = new QdqGraph();
        String x = graph.builder().relu("r", graph.input("x", 1, 16, 4, 4));
        List<String> outputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          String pair = graph.pair("p" + i, x, 0.02f, ElementType.INT8, i % 3);
          outputs.add(graph.int8Conv("c" + i, pair, 16, 16, 1));
        }
        return graph.build(outputs.toArray(String[]::new));
      }
    };

    abstract OnnxModel of(int count);
  }
}
