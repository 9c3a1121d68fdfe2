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
import org.junit.jupiter.params.provider.ValueSource;

class SqueezeExcitePatternTest {
  private final ModelBuilder builder = ModelBuilder.create();
  private final Formulas f = new Formulas(builder);
  private final String x = builder.input("x", "n", 16, 8, 8);

  /** A gate of x. */
  interface Gate {
    String write(ModelBuilder builder, Formulas f, String x);
  }

  private List<SqueezeExcitePattern> found() {
    return Patterns.of(builder).patterns(SqueezeExcitePattern.class);
  }

  static Stream<Gate> gates() {
    return Stream.of(
        (b, f, x) -> f.op("Sigmoid", expanded(b, b.relu("r", squeezed(b, f.average(x))))),
        (b, f, x) -> f.op("HardSigmoid", expanded(b, b.relu("r", squeezed(b, f.average(x))))),
        (b, f, x) ->
            f.div(f.clipOfThree(expanded(b, b.relu("r", squeezed(b, f.average(x))))), f.number(6)),
        (b, f, x) -> f.op("Sigmoid", expanded(b, f.silu(squeezed(b, f.average(x))))),
        (b, f, x) -> f.op("Sigmoid", expanded(b, f.hardSwish(squeezed(b, f.average(x))))),
        (b, f, x) -> f.op("Sigmoid", b.conv("only", f.average(x), 16, 16, 1)),
        (b, f, x) -> {
          String mean = f.op("ReduceMean", List.of(x), ModelBuilder.integers("axes", 2, 3));
          return f.op("Sigmoid", expanded(b, b.relu("r", squeezed(b, mean))));
        },
        (b, f, x) -> {
          b.weight("b1", 4, 1, 1);
          String reduced = b.relu("r", f.add(squeezed(b, f.average(x)), "b1"));
          return f.op("Sigmoid", expanded(b, reduced));
        },
        (b, f, x) -> {
          String flat = f.op("Flatten", f.average(x));
          String gate = b.gemm("g2", b.relu("r", b.gemm("g1", flat, 16, 4)), 4, 16);
          b.longs("shape", -1, 16, 1, 1);
          return f.op("Reshape", List.of(f.op("Sigmoid", gate), "shape"));
        });
  }

  private static String squeezed(ModelBuilder builder, String input) {
    return builder.conv("squeeze", input, 16, 4, 1);
  }

  private static String expanded(ModelBuilder builder, String input) {
    return builder.conv("excite", input, 4, 16, 1);
  }

  private String gate() {
    return f.op("Sigmoid", expanded(builder, builder.relu("r", squeezed(builder, f.average(x)))));
  }

  @ParameterizedTest
  @MethodSource("gates")
  void of_everyGate_isFoundWhole(Gate form) {
    String gate = form.write(builder, f, x);
    String output = f.mul(x, gate);
    builder.output(output);

    assertThat(Patterns.of(builder).patterns()).hasSize(1);
    SqueezeExcitePattern pattern = found().get(0);
    assertThat(pattern.kind()).isEqualTo("SqueezeExcite");
    assertThat(pattern.inputs()).extracting(Object::toString).containsExactly(x);
    assertThat(pattern.gate().name()).isEqualTo(gate);
    assertThat(pattern.output().name()).isEqualTo(output);
    assertThat(pattern.nodes()).hasSameSizeAs(builder.build().graph().nodes());
  }

  @Test
  void of_gateAsFirstOperand_isFound() {
    builder.output(f.mul(gate(), x));

    assertThat(found()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void of_residualGate_includesTheAdd(boolean isInputFirst) {
    String gated = f.mul(x, gate());
    String output = isInputFirst ? f.add(x, gated) : f.add(gated, x);
    builder.output(output);

    assertThat(found().get(0).output().name()).isEqualTo(output);
  }

  @Test
  void of_addOfAnotherTensor_staysOutside() {
    String gated = f.mul(x, gate());
    builder.output(f.add(gated, builder.input("y", "n", 16, 8, 8)));

    assertThat(found().get(0).output().name()).isEqualTo(gated);
  }

  @Test
  void of_gateOfAnotherTensor_findsNothing() {
    builder.output(f.mul(builder.relu("other", x), gate()));

    assertThat(found()).isEmpty();
  }

  @Test
  void of_gateReadOutside_findsNothing() {
    String gate = gate();
    builder.output(f.mul(x, gate)).output(gate);

    assertThat(found()).isEmpty();
  }

  @Test
  void of_gateReadOutside_keepsTheActivationInside() {
    String inner = f.silu(squeezed(builder, f.average(x)));
    builder.output(f.mul(x, f.op("Sigmoid", expanded(builder, inner)))).output(inner);

    assertThat(Patterns.kinds(builder)).containsExactly("SiLU");
  }

  @Test
  void of_gateWithoutAFunction_findsNothing() {
    builder.output(f.mul(x, expanded(builder, squeezed(builder, f.average(x)))));

    assertThat(found()).isEmpty();
  }

  @Test
  void of_gateWithoutAWeight_findsNothing() {
    builder.output(f.mul(x, f.op("Sigmoid", f.average(x))));

    assertThat(found()).isEmpty();
  }

  @Test
  void of_meanOverChannels_findsNothing() {
    String mean = f.op("ReduceMean", List.of(x), ModelBuilder.integers("axes", 1));
    builder.output(f.mul(x, f.op("Sigmoid", builder.conv("c", mean, 1, 1, 7))));

    assertThat(found()).isEmpty();
  }

  @Test
  void of_threeConvolutions_findsNothing() {
    String three = builder.conv("third", squeezed(builder, f.average(x)), 4, 4, 1);
    builder.output(f.mul(x, f.op("Sigmoid", expanded(builder, builder.relu("r", three)))));

    assertThat(found()).isEmpty();
  }
}
