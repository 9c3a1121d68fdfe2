/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PatternIndexTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final Formulas f = new Formulas(builder);
  private final String x = builder.input("x", 4, 8);

  @Test
  void covering_nodeInsideAndOutside_tellsThemApart() {
    String silu = f.silu(x);
    String relu = f.op("Relu", silu);
    Graph graph = builder.output(relu).build().graph();
    PatternIndex index = PatternIndex.of(graph, ShapeInference.of(graph));

    assertThat(index.covering(producer(graph, silu))).contains(index.patterns().get(0));
    assertThat(index.activationCovering(producer(graph, silu))).isPresent();
    assertThat(index.covering(producer(graph, relu))).isEmpty();
  }

  @Test
  void activationEndingAt_outputOfADecomposedFunction_leadsToItsInput() {
    String swish = f.hardSwish(f.op("Relu", x));
    Graph graph = builder.output(f.op("Relu", swish)).build().graph();
    PatternIndex index = PatternIndex.of(graph, ShapeInference.of(graph));

    assertThat(index.activationEndingAt(value(graph, swish)).orElseThrow().input())
        .hasToString("Relu0");
    assertThat(index.activationEndingAt(value(graph, "x"))).isEmpty();
  }

  @Test
  void activationEndingAt_outputOfANormalization_isEmpty() {
    String normalized = f.normalized(x);
    Graph graph = builder.output(normalized).build().graph();
    PatternIndex index = PatternIndex.of(graph, ShapeInference.of(graph));

    assertThat(index.patterns()).hasSize(1);
    assertThat(index.activationEndingAt(value(graph, normalized))).isEmpty();
    assertThat(index.activationCovering(producer(graph, normalized))).isEmpty();
  }

  @Test
  void isOnlyReader_inputWithAnotherReader_isFalse() {
    String a = f.op("Relu", x);
    String b = f.op("Relu", x);
    builder.output(f.silu(a)).output(f.silu(b)).output(f.op("Relu", b));
    Graph graph = builder.build().graph();
    PatternIndex index = PatternIndex.of(graph, ShapeInference.of(graph));

    assertThat(index.patterns())
        .extracting(pattern -> index.isOnlyReader(pattern, pattern.inputs().get(0)))
        .containsExactly(true, false);
  }

  @Test
  void patterns_ofAnyGraph_shareNoNode() {
    String gated = f.silu(f.gelu(f.normalized(f.hardSwish(x))));
    builder.output(f.normalized(f.mul(gated, f.op("Sigmoid", gated))));
    Set<Node> seen = new HashSet<>();

    assertThat(Patterns.of(builder).patterns())
        .hasSize(6)
        .allSatisfy(p -> assertThat(p.nodes()).allMatch(seen::add));
  }

  @Test
  void of_mobileNet_findsItsHardSwish() throws IOException {
    OnnxModel model = OnnxModel.read(Path.of("..", "data", "models", "mobilenet_fp32.onnx"));
    PassPipeline.normalization().run(model);
    PatternIndex index = PatternIndex.of(model.graph(), ShapeInference.of(model.graph()));

    assertThat(index.patterns()).extracting(Pattern::kind).containsExactly("HardSwish");
  }

  /**
   * All readers share one input, and sums and products are chained: the worst of both. The time is
   * that of the processor, since other tests may run beside this one.
   */
  @Test
  void of_fiveThousandNodes_takesLessThanATenthOfASecond() {
    String chain = x;
    for (int i = 0; i < 900; i++) {
      chain = f.mul(f.add(chain, chain), f.number(1.5));
      builder.output(f.mul(f.op("Sigmoid", x), x));
      chain = f.softmax(chain);
    }
    OnnxModel model = builder.output(chain).build();
    ShapeInference shapes = ShapeInference.of(model.graph());
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    PatternIndex index = PatternIndex.of(model.graph(), shapes);
    Duration shortest = Duration.ofDays(1);
    for (int run = 0; run < 5; run++) {
      long start = threads.getCurrentThreadCpuTime();
      index = PatternIndex.of(model.graph(), shapes);
      Duration elapsed = Duration.ofNanos(threads.getCurrentThreadCpuTime() - start);
      shortest = elapsed.compareTo(shortest) < 0 ? elapsed : shortest;
    }

    assertThat(index.patterns()).hasSize(900);
    assertThat(model.graph().nodes()).hasSize(4_500);
    assertThat(shortest).isLessThan(Duration.ofMillis(100));
  }

  private static Node producer(Graph graph, String value) {
    return value(graph, value).producer().orElseThrow();
  }

  private static Value value(Graph graph, String name) {
    return graph.value(name).orElseThrow();
  }
}
