/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sentences as the three inputs of a BERT encoder, int64 [N, length]. */
final class Tokens {
  /** The input that is 1 at tokens and 0 behind the end of a sentence. */
  static final String MASK = "attention_mask";

  private final WordPiece tokenizer;

  Tokens(WordPiece tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** Returns batches, each as long as its longest sentence. */
  List<TensorBatch> batches(List<String> sentences, int batchSize) {
    List<TensorBatch> batches = new ArrayList<>();
    for (int first = 0; first < sentences.size(); first += batchSize) {
      int end = Math.min(sentences.size(), first + batchSize);
      batches.add(batch(sentences.subList(first, end).stream().map(tokenizer::tokens).toList()));
    }
    return batches;
  }

  private static TensorBatch batch(List<List<Integer>> rows) {
    int length = rows.stream().mapToInt(List::size).max().orElse(0);
    long[] ids = new long[rows.size() * length];
    long[] mask = new long[ids.length];
    for (int row = 0; row < rows.size(); row++) {
      for (int i = 0; i < rows.get(row).size(); i++) {
        ids[row * length + i] = rows.get(row).get(i);
        mask[row * length + i] = 1;
      }
    }
    Shape shape = Shape.of(rows.size(), length);
    return TensorBatch.of(
        Map.of(
            "input_ids",
            Tensor.ofLongs(shape, ids),
            MASK,
            Tensor.ofLongs(shape, mask),
            "token_type_ids",
            Tensor.ofLongs(shape, new long[ids.length])));
  }
}
