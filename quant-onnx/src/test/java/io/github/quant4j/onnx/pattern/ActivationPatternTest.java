/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.pattern.ActivationPattern.Function;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ActivationPatternTest {
  private static final double ROOT = Math.sqrt(2);
  private static final double TANH_SLOPE = 0.7978845608028654;
  private static final double CUBIC = 0.044715;
  private static final AttributeProto SIXTH = ModelBuilder.real("alpha", 1f / 6);

  private final ModelBuilder builder = ModelBuilder.create();
  private final Formulas f = new Formulas(builder);
  private final String x = builder.input("x", 4, 8);

  /** A function of x, written with the operators of a builder. */
  interface Form {
    String write(Formulas f, String x);
  }

  static Stream<Arguments> forms() {
    return Stream.of(hardSwishForms(), hardSigmoidForms(), sigmoidForms(), erfForms(), tanhForms())
        .flatMap(forms -> forms);
  }

  private static Stream<Arguments> hardSwishForms() {
    return Stream.of(
        form(Function.HARD_SWISH, 4, Formulas::hardSwish),
        form(Function.HARD_SWISH, 4, (f, x) -> f.div(f.mul(f.clipOfThree(x), x), f.number(6))),
        form(
            Function.HARD_SWISH, 4, (f, x) -> f.mul(f.mul(x, f.clipOfThree(x)), f.number(0.16667))),
        form(
            Function.HARD_SWISH, 4, (f, x) -> f.mul(f.number(1.0 / 6), f.mul(x, f.clipOfThree(x)))),
        form(Function.HARD_SWISH, 4, (f, x) -> f.mul(x, f.div(f.clipOfThree(x), f.number(6)))),
        form(
            Function.HARD_SWISH, 4, (f, x) -> f.mul(f.mul(f.clipOfThree(x), f.number(1.0 / 6)), x)),
        form(Function.HARD_SWISH, 4, (f, x) -> f.mul(f.div(x, f.number(6)), f.clipOfThree(x))),
        form(
            Function.HARD_SWISH,
            4,
            (f, x) -> f.div(f.mul(x, f.clip(f.add(f.number(3), x), 0, 6)), f.number(6))),
        form(
            Function.HARD_SWISH,
            4,
            (f, x) -> f.mul(x, f.clip(f.add(f.mul(x, f.number(1.0 / 6)), f.number(0.5)), 0, 1))),
        form(
            Function.HARD_SWISH,
            4,
            (f, x) -> f.mul(x, f.clip(f.div(f.add(x, f.number(3)), f.number(6)), 0, 1))),
        form(Function.HARD_SWISH, 2, (f, x) -> f.mul(x, f.op("HardSigmoid", List.of(x), SIXTH))),
        form(Function.HARD_SWISH, 2, (f, x) -> f.mul(f.op("HardSigmoid", List.of(x), SIXTH), x)),
        form(Function.HARD_SWISH, 1, (f, x) -> f.op("HardSwish", x)));
  }

  private static Stream<Arguments> hardSigmoidForms() {
    return Stream.of(
        form(Function.HARD_SIGMOID, 3, (f, x) -> f.div(f.clipOfThree(x), f.number(6))),
        form(Function.HARD_SIGMOID, 3, (f, x) -> f.mul(f.number(1.0 / 6), f.clipOfThree(x))),
        form(
            Function.HARD_SIGMOID,
            3,
            (f, x) -> f.clip(f.add(f.mul(x, f.number(1.0 / 6)), f.number(0.5)), 0, 1)),
        form(
            Function.HARD_SIGMOID,
            3,
            (f, x) -> f.clip(f.add(f.number(0.5), f.div(x, f.number(6))), 0, 1)),
        form(Function.HARD_SIGMOID, 1, (f, x) -> f.op("HardSigmoid", List.of(x), SIXTH)));
  }

  private static Stream<Arguments> sigmoidForms() {
    return Stream.of(
        form(Function.SILU, 2, Formulas::silu),
        form(Function.SILU, 2, (f, x) -> f.mul(f.op("Sigmoid", x), x)),
        form(Function.SILU, 3, (f, x) -> f.mul(x, f.op("Sigmoid", f.mul(x, f.number(1))))),
        form(Function.MISH, 3, (f, x) -> f.mul(x, f.op("Tanh", f.op("Softplus", x)))),
        form(Function.MISH, 3, (f, x) -> f.mul(f.op("Tanh", f.op("Softplus", x)), x)),
        form(Function.GELU, 3, (f, x) -> f.mul(x, f.op("Sigmoid", f.mul(x, f.number(1.702))))),
        form(Function.GELU, 3, (f, x) -> f.mul(f.op("Sigmoid", f.mul(f.number(1.702), x)), x)));
  }

  private static Stream<Arguments> erfForms() {
    return Stream.of(
        form(Function.GELU, 5, Formulas::gelu),
        form(
            Function.GELU,
            5,
            (f, x) ->
                f.mul(
                    f.mul(x, f.number(0.5)),
                    f.add(f.number(1), f.op("Erf", f.mul(x, f.number(0.70710678)))))),
        form(
            Function.GELU,
            5,
            (f, x) ->
                f.mul(
                    f.add(f.op("Erf", f.mul(f.number(0.7071), x)), f.number(1)),
                    f.mul(f.number(0.5), x))),
        form(
            Function.GELU,
            5,
            (f, x) ->
                f.mul(
                    f.number(0.5),
                    f.mul(x, f.add(f.op("Erf", f.div(x, f.number(ROOT))), f.number(1))))),
        form(
            Function.GELU,
            5,
            (f, x) ->
                f.mul(
                    x,
                    f.mul(
                        f.add(f.op("Erf", f.div(x, f.number(ROOT))), f.number(1)), f.number(0.5)))),
        form(
            Function.GELU,
            5,
            (f, x) ->
                f.div(
                    f.mul(f.add(f.op("Erf", f.div(x, f.number(ROOT))), f.number(1)), x),
                    f.number(2))));
  }

  private static Stream<Arguments> tanhForms() {
    return Stream.of(
        form(
            Function.GELU,
            8,
            (f, x) -> {
              String cube = f.mul(f.number(CUBIC), f.pow(x, 3));
              String tanh = f.op("Tanh", f.mul(f.number(TANH_SLOPE), f.add(x, cube)));
              return f.mul(f.mul(f.number(0.5), x), f.add(f.number(1), tanh));
            }),
        form(
            Function.GELU,
            9,
            (f, x) -> {
              String cube = f.mul(f.mul(x, f.mul(x, x)), f.number(CUBIC));
              String tanh = f.op("Tanh", f.mul(f.add(cube, x), f.number(TANH_SLOPE)));
              return f.mul(f.mul(x, f.add(tanh, f.number(1))), f.number(0.5));
            }),
        form(
            Function.GELU,
            9,
            (f, x) -> {
              String square = f.mul(f.mul(f.number(CUBIC), x), x);
              String argument = f.mul(f.mul(x, f.number(TANH_SLOPE)), f.add(f.number(1), square));
              return f.mul(f.mul(f.number(0.5), x), f.add(f.number(1), f.op("Tanh", argument)));
            }));
  }

  private static Arguments form(Function function, int nodeCount, Form form) {
    return arguments(function, nodeCount, form);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void of_everyForm_isFoundWhole(Function function, int nodeCount, Form form) {
    String output = form.write(f, x);
    builder.output(output);

    List<Pattern> patterns = Patterns.of(builder).patterns();

    assertThat(patterns).hasSize(1);
    ActivationPattern found = (ActivationPattern) patterns.get(0);
    assertThat(found.function()).isEqualTo(function);
    assertThat(found.nodes()).hasSize(nodeCount);
    assertThat(found.input().name()).isEqualTo("x");
    assertThat(found.output().name()).isEqualTo(output);
  }

  /** What is found computes what its name says; forms of GELU differ by up to 0.021. */
  @ParameterizedTest
  @MethodSource("forms")
  void of_everyForm_computesItsFunction(Function function, int nodeCount, Form form) {
    Tensor sample = ModelBuilder.random(3, 6, 4, 8);
    float[] actual = OnnxRuntimeOracle.run(builder.output(form.write(f, x)).build(), sample);

    for (int i = 0; i < actual.length; i++) {
      double expected = reference(function).applyAsDouble(sample.floats().get(i));
      assertThat((double) actual[i])
          .isCloseTo(expected, within(function == Function.GELU ? 0.022 : 2e-4));
    }
  }

  private static DoubleUnaryOperator reference(Function function) {
    return switch (function) {
      case HARD_SIGMOID -> ActivationPatternTest::hardSigmoid;
      case HARD_SWISH -> x -> x * hardSigmoid(x);
      case SILU -> x -> x / (1 + Math.exp(-x));
      case MISH -> x -> x * Math.tanh(Math.log1p(Math.exp(x)));
      case GELU -> x -> 0.5 * x * (1 + Math.tanh(TANH_SLOPE * (x + CUBIC * x * x * x)));
    };
  }

  private static double hardSigmoid(double x) {
    return Math.max(0, Math.min(1, x / 6 + 0.5));
  }

  static Stream<Form> nearMisses() {
    return Stream.of(
        (f, x) -> f.div(f.mul(x, f.clip(f.add(x, f.number(2)), 0, 6)), f.number(6)),
        (f, x) -> f.div(f.mul(x, f.clipOfThree(x)), f.number(5)),
        (f, x) -> f.div(f.mul(x, f.clip(f.add(x, f.number(3)), 0, 5)), f.number(6)),
        (f, x) -> f.div(f.mul(x, f.clip(f.add(x, f.number(3)), -1, 6)), f.number(6)),
        (f, x) -> f.div(f.number(6), f.mul(x, f.clipOfThree(x))),
        (f, x) -> f.mul(f.add(f.clipOfThree(x), f.number(1)), x),
        (f, x) -> f.clip(f.add(f.mul(x, f.number(0.3)), f.number(0.5)), 0, 1),
        (f, x) -> f.clip(f.add(f.mul(x, f.number(0.2)), f.number(0.4)), 0, 1),
        (f, x) -> f.clip(x, 0, 1),
        (f, x) -> f.mul(x, f.op("Sigmoid", f.mul(x, f.number(2)))),
        (f, x) -> f.mul(x, f.op("Sigmoid", f.add(x, f.number(1)))),
        (f, x) -> f.mul(x, f.op("Sigmoid", f.op("Relu", x))),
        (f, x) -> f.mul(f.mul(x, f.number(2)), f.op("Sigmoid", x)),
        (f, x) -> f.mul(x, f.op("Tanh", x)),
        (f, x) -> f.mul(x, f.op("Tanh", f.op("Softplus", f.op("Relu", x)))),
        (f, x) -> f.mul(x, f.add(f.op("Erf", f.div(x, f.number(ROOT))), f.number(1))),
        (f, x) -> f.mul(f.mul(x, f.number(0.5)), f.add(f.op("Erf", x), f.number(1))),
        (f, x) -> f.mul(f.mul(x, f.number(0.5)), f.op("Erf", f.div(x, f.number(ROOT)))),
        (f, x) -> {
          String cube = f.mul(f.number(0.05), f.pow(x, 3));
          String tanh = f.op("Tanh", f.mul(f.number(TANH_SLOPE), f.add(x, cube)));
          return f.mul(f.mul(f.number(0.5), x), f.add(f.number(1), tanh));
        },
        (f, x) -> {
          String fourth = f.mul(f.number(CUBIC), f.mul(f.pow(x, 3), x));
          String tanh = f.op("Tanh", f.mul(f.number(TANH_SLOPE), f.add(x, fourth)));
          return f.mul(f.mul(f.number(0.5), x), f.add(f.number(1), tanh));
        });
  }

  @ParameterizedTest
  @MethodSource("nearMisses")
  void of_almostAFunction_findsNothing(Form form) {
    builder.output(form.write(f, x));

    assertThat(Patterns.kinds(builder)).isEmpty();
  }

  @Test
  void of_gateOfAnotherTensor_findsNothing() {
    builder.output(f.mul(x, f.op("Sigmoid", builder.input("y", 4, 8))));

    assertThat(Patterns.kinds(builder)).isEmpty();
  }

  @Test
  void of_innerValueReadOutside_findsNothing() {
    String sigmoid = f.op("Sigmoid", x);
    builder.output(f.mul(x, sigmoid)).output(f.op("Relu", sigmoid));

    assertThat(Patterns.kinds(builder)).isEmpty();
  }

  @Test
  void of_innerValueThatIsAnOutput_findsNothing() {
    String sigmoid = f.op("Sigmoid", x);
    builder.output(f.mul(x, sigmoid)).output(sigmoid);

    assertThat(Patterns.kinds(builder)).isEmpty();
  }

  @Test
  void of_innerValueASubgraphCaptures_findsNothing() {
    String sigmoid = f.op("Sigmoid", x);
    builder.output(f.mul(x, sigmoid)).output(Bodies.choice(builder, "choice", sigmoid));

    assertThat(Patterns.kinds(builder)).isEmpty();
  }

  @Test
  void of_hardSigmoidReadTwiceBeforeTheProduct_findsTheHardSigmoidAlone() {
    String gate = f.div(f.clipOfThree(x), f.number(6));
    builder.output(f.mul(x, gate)).output(gate);

    assertThat(Patterns.kinds(builder)).containsExactly("HardSigmoid");
  }

  @Test
  void of_clipWithBoundsAsAttributes_isFound() {
    String clip =
        f.op(
            "Clip",
            List.of(f.add(x, f.number(3))),
            ModelBuilder.real("min", 0),
            ModelBuilder.real("max", 6));
    builder.opset(10).output(f.div(f.mul(x, clip), f.number(6)));

    assertThat(Patterns.kinds(builder)).containsExactly("HardSwish");
  }

  @Test
  void of_clipWithoutUpperBound_findsNothing() {
    String clip = f.op("Clip", List.of(f.add(x, f.number(3)), f.number(0)));
    builder.output(f.div(f.mul(x, clip), f.number(6)));

    assertThat(Patterns.kinds(builder)).isEmpty();
  }

  @Test
  void of_oneOperator_isAPatternOfItsOwn() {
    builder.output(f.op("Mish", x)).output(f.op("Gelu", x)).output(f.op("Swish", x));

    assertThat(Patterns.kinds(builder)).containsExactly("Mish", "GELU", "SiLU");
  }

  @Test
  void of_swishOfAnotherSlope_findsNothing() {
    builder.output(f.op("Swish", List.of(x), ModelBuilder.real("alpha", 2)));

    assertThat(Patterns.kinds(builder)).isEmpty();
  }

  @Test
  void of_functionsInARow_areFoundEach() {
    builder.output(f.gelu(f.hardSwish(f.silu(x))));

    assertThat(Patterns.kinds(builder)).containsExactly("SiLU", "HardSwish", "GELU");
  }

  @Test
  void of_gatedLinearUnit_leavesTheLastProductOutside() {
    String silu = f.silu(x);
    builder.output(f.mul(silu, builder.input("y", 4, 8)));

    PatternIndex index = Patterns.of(builder);

    assertThat(index.patterns()).extracting(p -> p.output().name()).containsExactly(silu);
  }
}
