/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.observer.MinMaxObserver;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.qparams.QuantizationProfile;
import io.github.quant4j.core.qparams.QuantizationSpec;
import io.github.quant4j.core.qparams.SymmetricInt8;
import io.github.quant4j.core.quantize.AffineQuantizer;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.Conversion;
import io.github.quant4j.core.table.TensorRtCalibrationCache;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds every example of the package descriptions. */
class UserGuideTest {

  @Test
  void tensorExampleHolds() {
    Tensor images = Tensor.ofFloats(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    Tensor second = images.slice(1, 1);
    float last = second.floats().get(2); // 6

    assertThat(last).isEqualTo(6f);
  }

  @Test
  void sourceExampleHolds() {
    Tensor images = Tensor.ofFloats(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    CalibrationSource source = CalibrationSource.of(List.of(TensorBatch.of(Map.of("x", images))));

    assertThat(source.sampleCount()).hasValue(2);
  }

  @Test
  void decoratedSourceExampleHolds() throws IOException {
    Stream<Map<String, Tensor>> ones =
        Stream.generate(() -> Map.of("x", Tensor.ofFloats(Shape.of(1, 3), 1, 1, 1)));
    CalibrationSource endless = CalibrationSource.of(ones);
    CalibrationSource batches = endless.limited(1000).shuffled(100, 42).batched(32);
    TensorBatch batch = batches.next().orElseThrow(); // {x=float[32, 3]}

    assertThat(batch).hasToString("{x=float[32, 3]}");
  }

  @Test
  void observerExampleHolds() {
    MinMaxObserver observer = MinMaxObserver.create();
    observer.observe(FloatBuffer.wrap(new float[] {-1f, 0.25f, 3f}));
    ValueRange range = observer.range().orElseThrow(); // -1 to 3

    assertThat(range).isEqualTo(new ValueRange(-1f, 3f));
  }

  @Test
  void parametersExampleHolds() {
    ValueRange range = new ValueRange(-1f, 3f);
    QuantizationParameters parameters = SymmetricInt8.forActivation(range);
    float scale = parameters.scale(0); // 3 / 127

    QuantizationParameters unsigned =
        QuantizationProfile.ONNXRUNTIME.parameters(range, QuantizationSpec.UINT8_ACTIVATION);
    int zeroPoint = unsigned.zeroPoint(0); // 64

    assertThat(scale).isEqualTo(3f / 127f);
    assertThat(zeroPoint).isEqualTo(64);
  }

  @Test
  void quantizerExampleHolds() {
    AffineQuantizer quantizer =
        AffineQuantizer.of(QuantizationParameters.perTensor(0.5f, 0), -127, 127);
    ByteBuffer codes = ByteBuffer.allocate(3);
    FloatBuffer values = FloatBuffer.wrap(new float[] {0.2f, 0.3f, 100f});
    quantizer.quantize(values, Shape.of(3), codes); // 0, 1, 127

    assertThat(codes.array()).containsExactly(0, 1, 127);
  }

  @Test
  void tableExampleHolds() {
    CalibrationTable table =
        CalibrationTable.builder()
            .sampleCount(512)
            .put("input", new TensorStatistics(0f, 1f, 524288, 0))
            .build();
    ValueRange range = table.range("input").orElseThrow();

    Conversion<TensorRtCalibrationCache> cache =
        TensorRtCalibrationCache.from(table, "TRT-100600-MinMaxCalibration");
    float scale = cache.result().scale("input").orElseThrow(); // 1 / 127
    List<String> losses = cache.losses(); // e.g. "counts of values left out (tensor 'input')"

    assertThat(range).isEqualTo(new ValueRange(0f, 1f));
    assertThat(scale).isEqualTo(1f / 127f);
    assertThat(losses).contains("counts of values left out (tensor 'input')");
  }

  @Test
  void mergeExampleHolds() {
    CalibrationTable first =
        CalibrationTable.builder()
            .sampleCount(256)
            .put("input", new TensorStatistics(0f, 0.5f, 262144, 0))
            .build();
    CalibrationTable second =
        CalibrationTable.builder()
            .sampleCount(256)
            .put("input", new TensorStatistics(0.25f, 1f, 262144, 0))
            .build();
    CalibrationTable whole = CalibrationTable.merge(List.of(first, second));
    ValueRange range = whole.range("input").orElseThrow(); // 0 to 1, of 512 samples

    assertThat(range).isEqualTo(new ValueRange(0f, 1f));
    assertThat(whole.sampleCount()).isEqualTo(512);
  }
}
