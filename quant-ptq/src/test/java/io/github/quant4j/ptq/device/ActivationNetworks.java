/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static io.github.quant4j.ptq.device.Variant.ofFloat;
import static io.github.quant4j.ptq.device.Variant.ofInt8;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.ptq.device.Variant.Network;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Q12: convolutions with an activation that is quantized next. */
enum ActivationNetworks {
  LEAKY_RELU {
    @Override
    String write(NetworkWriter to, String input) {
      return to.node("LeakyRelu", input + ".act", List.of(input));
    }
  },
  GELU {
    @Override
    String write(NetworkWriter to, String input) {
      return gelu(to, input);
    }
  },
  SILU {
    @Override
    String write(NetworkWriter to, String input) {
      String gate = to.node("Sigmoid", input + ".gate", List.of(input));
      return to.node("Mul", input + ".act", List.of(input, gate));
    }
  },
  /** Last: with a float average behind it TensorRT 10.6 was seen to end the process. */
  HARD_SWISH {
    @Override
    String write(NetworkWriter to, String input) {
      return to.node("HardSwish", input + ".act", List.of(input));
    }
  };

  abstract String write(NetworkWriter to, String input);

  static Stream<Question> all() {
    return Arrays.stream(values()).map(ActivationNetworks::question);
  }

  Question question() {
    Network network =
        to -> {
          String tensor = write(to, to.conv("c1", to.pair(to.input(64, 56, 56)), 64, 3));
          tensor = write(to, to.conv("c2", to.pair(tensor), 64, 3));
          return to.conv("c3", to.pair(tensor), 64, 1);
        };
    return Question.of(
        "Q12 " + name(), 32, List.of(64L, 56L, 56L), ofFloat(network), ofInt8("INT8", network));
  }

  /** Adds GELU as exporters do: x * (1 + erf(x / sqrt(2))) / 2. */
  static String gelu(NetworkWriter to, String input) {
    String root = to.constant(input + ".root", Shape.of(), (float) Math.sqrt(2));
    String one = to.constant(input + ".one", Shape.of(), 1f);
    String half = to.constant(input + ".half", Shape.of(), 0.5f);
    String scaled = to.node("Div", input + ".div", List.of(input, root));
    String erf = to.node("Erf", input + ".erf", List.of(scaled));
    String gate = to.node("Add", input + ".gate", List.of(erf, one));
    String doubled = to.node("Mul", input + ".mul", List.of(input, gate));
    return to.node("Mul", input + ".gelu", List.of(doubled, half));
  }
}
