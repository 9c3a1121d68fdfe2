/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.qparams.CodeLimits;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.QuantizedType;
import io.github.quant4j.core.tensor.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/*
 * Expected codes and values are those of onnxruntime 1.30.0 on x86-64:
 *   python src/test/python/golden_quantizer.py | gzip -9n > src/test/resources/golden/quantizer.csv.gz
 */
class QuantizerTypesGoldenTest {

  @Test
  void codesOfEveryTypeAndGranularityAreThoseOfOnnxRuntimeBitByBit() throws IOException {
    int count = 0;
    for (String line : lines()) {
      String[] cells = line.split(";", -1);
      if (cells[0].equals("quantize")) {
        Shape shape = Shape.of(longs(cells[3]));
        AffineQuantizer quantizer = quantizer(cells);
        ByteBuffer codes = ByteBuffer.allocate((int) quantizer.byteSize(shape));
        quantizer.quantize(FloatBuffer.wrap(floats(cells[6])), shape, codes);

        assertThat(QuantizerCodes.unpack(quantizer.type(), codes, (int) shape.elementCount()))
            .as("%s %s %s", cells[1], cells[2], shape)
            .containsExactly(longs(cells[7]));
        count++;
      }
    }
    assertThat(count).isEqualTo(72);
  }

  @Test
  void valuesOfEveryTypeAndGranularityAreThoseOfOnnxRuntimeBitByBit() throws IOException {
    int count = 0;
    for (String line : lines()) {
      String[] cells = line.split(";", -1);
      if (cells[0].equals("dequantize")) {
        Shape shape = Shape.of(longs(cells[3]));
        AffineQuantizer quantizer = quantizer(cells);
        float[] values = new float[(int) shape.elementCount()];
        quantizer.dequantize(
            QuantizerCodes.pack(quantizer.type(), longs(cells[6])),
            shape,
            FloatBuffer.wrap(values));

        assertThat(values)
            .as("%s %s %s", cells[1], cells[2], shape)
            .containsExactly(floats(cells[7]));
        count++;
      }
    }
    assertThat(count).isEqualTo(84);
  }

  private static AffineQuantizer quantizer(String[] cells) {
    QuantizedType type = QuantizedType.valueOf(cells[1]);
    String[] granularity = cells[2].split(" ", -1);
    float[] scales = floats(cells[4]);
    int[] zeroPoints = Arrays.stream(longs(cells[5])).mapToInt(Math::toIntExact).toArray();
    QuantizationParameters parameters =
        switch (granularity[0]) {
          case "tensor" -> QuantizationParameters.perTensor(scales[0], zeroPoints[0]);
          case "axis" ->
              QuantizationParameters.perAxis(Integer.parseInt(granularity[1]), scales, zeroPoints);
          default ->
              QuantizationParameters.perBlock(
                  Integer.parseInt(granularity[1]),
                  Integer.parseInt(granularity[2]),
                  scales,
                  zeroPoints);
        };
    return AffineQuantizer.of(parameters, type, new CodeLimits(type.minimum(), type.maximum()));
  }

  private static long[] longs(String cell) {
    return Arrays.stream(cell.split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }

  private static float[] floats(String cell) {
    String[] words = cell.split(" ", -1);
    float[] values = new float[words.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(Integer.parseUnsignedInt(words[i], 16));
    }
    return values;
  }

  private static List<String> lines() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(
                        QuantizerTypesGoldenTest.class.getResourceAsStream(
                            "/golden/quantizer.csv.gz"))),
                StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }
}
