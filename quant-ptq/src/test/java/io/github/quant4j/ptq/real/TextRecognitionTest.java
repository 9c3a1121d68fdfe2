/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.quantize.QuantizationError;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.ptq.real.RenderedText.Line;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Readers of a line of text: convolutions, then attention, then 6,625 classes per step. */
@Tag("real-models")
class TextRecognitionTest {
  private static final Logger LOGGER = LoggerFactory.getLogger(TextRecognitionTest.class);
  private static final int WIDTH = 320;
  private static final int BATCH_SIZE = 4;

  private static List<TensorBatch> pictures(List<Line> lines) {
    return Pictures.lines(lines.stream().map(Line::image).toList(), WIDTH, BATCH_SIZE);
  }

  @ParameterizedTest
  @CsvSource({"ch_PP-OCRv4_rec_infer, 14, 0.80", "ch_PP-OCRv3_rec_infer, 18, 0.80"})
  void quantize_reader_readsAsWellAsInFloat(String name, double leastSqnr, double leastShare)
      throws IOException {
    Quantized reader =
        Quantized.of(
            name, Bundled.model("/models/" + name + ".onnx"), pictures(RenderedText.lines(1, 128)));
    CtcReader text = CtcReader.of(Bundled.lines("/models/ppocr_keys_v1.txt"));
    List<Line> lines = RenderedText.lines(2, 160);
    CharacterErrors inFloat = new CharacterErrors();
    CharacterErrors inInt8 = new CharacterErrors();
    QuantizationError error = QuantizationError.create();
    List<TensorBatch> heldOut = pictures(lines);
    reader.compare(
        heldOut,
        (batch, expected, actual) -> {
          int first = heldOut.indexOf(batch) * BATCH_SIZE;
          List<String> readInFloat = text.read(expected);
          List<String> readInInt8 = text.read(actual);
          for (int i = 0; i < batch.sampleCount(); i++) {
            inFloat.add(lines.get(first + i).text(), readInFloat.get(i));
            inInt8.add(lines.get(first + i).text(), readInInt8.get(i));
          }
          error.observe(expected.floats(), actual.floats());
        });
    LOGGER.info(
        "{}: {} dB, character error rate {} in float, {} in INT8",
        name,
        error.sqnrDecibels(),
        inFloat.rate(),
        inInt8.rate());
    assertThat(inFloat.rate()).as("character error rate in float").isLessThan(0.01);
    assertThat(inInt8.rate()).as("in INT8").isLessThanOrEqualTo(inFloat.rate() + 0.005);
    assertThat(error.sqnrDecibels()).as("SQNR").isGreaterThan(leastSqnr);
    assertThat(reader.int8Share()).as("INT8 share").isGreaterThanOrEqualTo(leastShare);
  }
}
