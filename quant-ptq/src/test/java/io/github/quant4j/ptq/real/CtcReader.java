/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import io.github.quant4j.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads text off the class probabilities [N, steps, classes] of a network trained with
 * connectionist temporal classification: the likeliest class of each step, repeated ones once,
 * without class 0, the blank (Graves et al. 2006, section 3.2, best path decoding).
 */
final class CtcReader {
  private final List<String> characters;

  /**
   * @param characters the character of each class
   */
  private CtcReader(List<String> characters) {
    this.characters = List.copyOf(characters);
  }

  /** Returns a reader for classes of blank, the keys in their order, and a space. */
  static CtcReader of(List<String> keys) {
    List<String> characters = new ArrayList<>();
    characters.add("");
    characters.addAll(keys);
    characters.add(" ");
    return new CtcReader(characters);
  }

  List<String> read(Tensor output) {
    int steps = Math.toIntExact(output.shape().dimension(1));
    int classes = Math.toIntExact(output.shape().dimension(2));
    if (classes != characters.size()) {
      throw new IllegalArgumentException(
          "output has %s classes, expected %s".formatted(classes, characters.size()));
    }
    FloatBuffer values = output.floats();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < output.shape().dimension(0); i++) {
      texts.add(text(values, i * steps * classes, steps));
    }
    return texts;
  }

  private String text(FloatBuffer values, int offset, int steps) {
    StringBuilder text = new StringBuilder();
    int previous = 0;
    for (int step = 0; step < steps; step++) {
      int likeliest = likeliest(values, offset + step * characters.size());
      if (likeliest != previous) {
        text.append(characters.get(likeliest));
      }
      previous = likeliest;
    }
    return text.toString().strip();
  }

  private int likeliest(FloatBuffer values, int offset) {
    int best = 0;
    for (int i = 1; i < characters.size(); i++) {
      if (values.get(offset + i) > values.get(offset + best)) {
        best = i;
      }
    }
    return best;
  }
}
