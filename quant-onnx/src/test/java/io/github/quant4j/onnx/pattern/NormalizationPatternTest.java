/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.ModelBuilder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NormalizationPatternTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final Formulas f = new Formulas(builder);
  private final String x = builder.input("x", 4, 8);

  interface Form {
    String write(Formulas f, String x);
  }

  private NormalizationPattern found() {
    List<NormalizationPattern> patterns = Patterns.of(builder).patterns(NormalizationPattern.class);
    assertThat(patterns).hasSize(1);
    return patterns.get(0);
  }

  static Stream<Form> layerNormalizations() {
    return Stream.of(
        Formulas::normalized,
        (f, x) -> {
          String centered = f.sub(x, f.mean(x));
          String variance = f.mean(f.mul(centered, centered));
          return f.div(centered, f.op("Sqrt", f.add(f.number(1e-6), variance)));
        },
        (f, x) -> {
          String centered = f.sub(x, f.mean(x));
          return f.mul(centered, f.op("Reciprocal", f.deviation(centered)));
        },
        (f, x) -> {
          String centered = f.sub(x, f.mean(x));
          return f.mul(f.div(f.number(1), f.deviation(centered)), centered);
        },
        (f, x) -> {
          String centered = f.sub(x, f.mean(x));
          String variance = f.add(f.mean(f.pow(centered, 2)), f.number(1e-5));
          return f.mul(centered, f.pow(variance, -0.5));
        },
        (f, x) -> {
          String mean = f.mean(x);
          return f.div(f.sub(x, mean), f.deviation(f.sub(x, mean)));
        },
        (f, x) -> f.div(f.sub(x, f.mean(x)), f.deviation(f.sub(x, f.mean(x)))));
  }

  @ParameterizedTest
  @MethodSource("layerNormalizations")
  void of_chain_isALayerNormalization(Form form) {
    builder.output(form.write(f, x));

    assertThat(found().kind()).isEqualTo("LayerNormalization");
    assertThat(found().input().name()).isEqualTo("x");
    assertThat(Patterns.of(builder).patterns().get(0).nodes())
        .hasSameSizeAs(builder.build().graph().nodes());
  }

  @Test
  void of_factorAndSummandBehind_belongToIt() {
    builder.weight("gamma", 8);
    builder.weight("beta", 8);
    String output = f.add("beta", f.mul("gamma", f.normalized(x)));
    builder.output(output);

    assertThat(found().output().name()).isEqualTo(output);
    assertThat(found().nodes()).hasSize(9);
  }

  @Test
  void of_computedFactorBehind_staysOutside() {
    String normalized = f.normalized(x);
    builder.output(f.mul(normalized, builder.input("y", 4, 8)));

    assertThat(found().output().name()).isEqualTo(normalized);
  }

  @Test
  void of_factorBehindWithASecondReader_staysOutside() {
    String normalized = f.normalized(x);
    builder.output(f.mul(normalized, f.number(2))).output(f.op("Relu", normalized));

    assertThat(found().output().name()).isEqualTo(normalized);
  }

  @Test
  void of_meanSquareWithoutMean_isAnRmsNormalization() {
    builder.weight("gamma", 8);
    builder.output(f.mul(f.mul(x, f.op("Reciprocal", f.deviation(x))), "gamma"));

    assertThat(found().kind()).isEqualTo("RMSNormalization");
    assertThat(found().nodes()).hasSize(7);
  }

  @Test
  void of_axesAsAnInput_areCompared() {
    builder.opset(18);
    builder.longs("last", -1);
    builder.longs("lastToo", -1);
    String centered = f.sub(x, f.op("ReduceMean", List.of(x, "last")));
    String variance = f.op("ReduceMean", List.of(f.pow(centered, 2), "lastToo"));
    builder.output(f.div(centered, f.op("Sqrt", f.add(variance, f.number(1e-5)))));

    assertThat(found().kind()).isEqualTo("LayerNormalization");
  }

  @Test
  void of_operators_arePatternsOfTheirOwn() {
    builder.weight("gamma", 8);
    builder.output(f.op("LayerNormalization", List.of(x, "gamma")));
    builder.output(f.op("RMSNormalization", List.of(x, "gamma")));

    assertThat(Patterns.kinds(builder)).containsExactly("LayerNormalization", "RMSNormalization");
  }

  static Stream<Form> nearMisses() {
    return Stream.of(
        (f, x) -> {
          String centered = f.sub(x, f.mean(x));
          return f.div(centered, f.op("Sqrt", f.mean(f.pow(centered, 2))));
        },
        (f, x) -> {
          String centered = f.sub(x, f.mean(x));
          String third = f.add(f.mean(f.pow(centered, 3)), f.number(1e-5));
          return f.div(centered, f.op("Sqrt", third));
        },
        (f, x) -> {
          String rows = f.op("ReduceMean", List.of(x), ModelBuilder.integers("axes", 0));
          return f.div(f.sub(x, rows), f.deviation(f.sub(x, f.mean(x))));
        },
        (f, x) -> f.div(f.op("Relu", x), f.deviation(x)),
        (f, x) -> f.div(f.deviation(x), x),
        (f, x) -> f.div(f.sub(x, f.mean(f.op("Relu", x))), f.deviation(f.sub(x, f.mean(x)))));
  }

  @ParameterizedTest
  @MethodSource("nearMisses")
  void of_almostANormalization_findsNothing(Form form) {
    builder.output(form.write(f, x));

    assertThat(Patterns.kinds(builder)).isEmpty();
  }

  @Test
  void of_varianceReadOutside_findsNothing() {
    String centered = f.sub(x, f.mean(x));
    String deviation = f.deviation(centered);
    builder.output(f.div(centered, deviation)).output(deviation);

    assertThat(Patterns.kinds(builder)).isEmpty();
  }
}
