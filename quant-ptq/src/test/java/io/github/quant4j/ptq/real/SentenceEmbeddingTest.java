/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.PostTrainingQuantization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transformer of six layers that turns sentences into vectors: the mean over its tokens. */
@Tag("real-models")
class SentenceEmbeddingTest {
  private static final Logger LOGGER = LoggerFactory.getLogger(SentenceEmbeddingTest.class);
  private static final String NAME = "/all-minilm-l6-v2";

  private final Tokens tokens;

  SentenceEmbeddingTest() throws IOException {
    Map<String, Integer> ids = Vocabulary.read(Bundled.open(NAME + "-tokenizer.json"));
    this.tokens = new Tokens(new WordPiece(ids));
  }

  /** Returns sentences of both kinds: generated ones, then half of those written by hand. */
  private static List<String> sentences(long seed, int count, int firstWritten) {
    List<String> sentences = new ArrayList<>(Sentences.generated(seed, count));
    List<String> written = Sentences.written();
    for (int i = firstWritten; i < written.size(); i += 2) {
      sentences.add(written.get(i));
    }
    return sentences;
  }

  @Test
  void quantize_encoder_keepsTheDirectionOfItsVectors() throws IOException {
    Quantized encoder =
        Quantized.of(
            "MiniLM", Bundled.model(NAME + ".onnx"), tokens.batches(sentences(5, 98, 0), 4));
    EmbeddingSimilarity similarity = new EmbeddingSimilarity();

    encoder.compare(
        tokens.batches(sentences(6, 98, 1), 4),
        (batch, expected, actual) ->
            similarity.add(batch.tensor(Tokens.MASK).orElseThrow(), expected, actual));

    LOGGER.info("{}: {}", encoder.name(), similarity);
    assertThat(similarity.meanOfTokens()).as("cosine of tokens").isGreaterThan(0.98);
    assertThat(similarity.meanOfSentences()).as("cosine of sentences").isGreaterThan(0.98);
    assertThat(similarity.worstOfSentences()).as("cosine of the worst").isGreaterThan(0.95);
    assertThat(similarity.sqnrDecibels()).as("SQNR of tokens").isGreaterThan(14);
    assertThat(encoder.int8Share()).as("INT8 share").isGreaterThanOrEqualTo(0.60);
  }

  @Test
  void quantize_encoderThatIsQuantized_isRefusedAndPointedToRepair() throws IOException {
    OnnxModel quantized = Bundled.model(NAME + "-q.onnx");
    List<TensorBatch> batches = tokens.batches(Sentences.written(), 4);
    try (CalibrationSource samples = CalibrationSource.of(batches)) {
      assertThatThrownBy(() -> PostTrainingQuantization.of(quantized).run(samples))
          .isInstanceOf(OnnxException.class)
          .hasMessageContainingAll("quantized already", "repair");
    }
  }
}
