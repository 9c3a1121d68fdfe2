/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static io.github.quant4j.ptq.device.Variant.ofFloat;
import static io.github.quant4j.ptq.device.Variant.ofInt8;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.ptq.NodeList;
import io.github.quant4j.ptq.device.Variant.Network;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Q15: from which width and number of rows on matrix products are faster in INT8. */
final class ProductNetworks {

  private static final int TOKENS = 64;
  private static final List<String> BLOCKS = List.of("b1", "b2");

  private ProductNetworks() {}

  static Stream<Question> perceptrons() {
    return IntStream.of(1, 128)
        .boxed()
        .flatMap(
            batch ->
                IntStream.of(96, 192, 384, 768, 1024).mapToObj(width -> perceptron(width, batch)));
  }

  static Stream<Question> gemms() {
    return IntStream.of(64, 4096)
        .boxed()
        .flatMap(rows -> IntStream.of(96, 384, 1024).mapToObj(width -> gemm(width, rows)));
  }

  /** The perceptrons of a transformer: norm, product, GELU, product, sum with the input. */
  static Question perceptron(int width, int batch) {
    Network network =
        to -> {
          String tensor = to.input(TOKENS, width);
          for (String block : BLOCKS) {
            String norm = norm(to, block + ".norm", tensor, width);
            String up = to.product(block + ".up", to.pair(norm), width, 4 * width);
            String act = ActivationNetworks.gelu(to, up);
            String down = to.product(block + ".down", to.pair(act), 4 * width, width);
            tensor = to.node("Add", block + ".residual", List.of(tensor, down));
          }
          return tensor;
        };
    return Question.of(
        "Q15 perceptron, width %s, %s rows".formatted(width, batch * TOKENS),
        batch,
        List.of((long) TOKENS, (long) width),
        ofFloat(network),
        ofInt8("INT8", network));
  }

  /** Fully connected layers: four Gemms of one width with Relus between them. */
  static Question gemm(int width, int rows) {
    Network network =
        to -> {
          String tensor = to.input(width);
          for (String layer : List.of("g1", "g2", "g3", "g4")) {
            tensor = to.relu(to.gemm(layer, to.pair(tensor), width, width));
          }
          return tensor;
        };
    return Question.of(
        "Q15 Gemm, width %s, %s rows".formatted(width, rows),
        rows,
        List.of((long) width),
        ofFloat(network),
        ofInt8("INT8", network));
  }

  private static String norm(NetworkWriter to, String name, String input, int width) {
    float[] ones = new float[width];
    Arrays.fill(ones, 1);
    String scale = to.constant(name + ".scale", Shape.of(width), ones);
    String shift = to.constant(name + ".shift", Shape.of(width), new float[width]);
    return to.node(
        "LayerNormalization", name, List.of(input, scale, shift), NodeList.integer("axis", -1));
  }
}
