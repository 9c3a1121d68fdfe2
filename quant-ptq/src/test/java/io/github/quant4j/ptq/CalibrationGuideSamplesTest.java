/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.calibration.source.NumpySource;
import io.github.quant4j.calibration.source.SampleFiles;
import io.github.quant4j.calibration.source.TestDataSource;
import io.github.quant4j.calibration.source.picture.PictureFit;
import io.github.quant4j.calibration.source.picture.PictureSource;
import io.github.quant4j.calibration.source.picture.UndecodablePolicy;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/calibration.md that makes samples. */
class CalibrationGuideSamplesTest {
  private static final Path MODELS =
      Path.of("..", "quant-calibration", "src", "test", "resources", "models");

  private Path folder;

  @BeforeEach
  void fill(@TempDir Path given) throws IOException {
    folder = given;
    TestSamples.writeNpz(folder.resolve("samples.npz"), GuideFolder.SAMPLE_COUNT);
  }

  private static List<Long> sizes(CalibrationSource source) throws IOException {
    return GuideFolder.all(source).stream().map(TensorBatch::sampleCount).toList();
  }

  @Test
  void samples_inMemory() throws IOException {
    float[] pixels = TestSamples.pixels(8);
    // begin guide
    Tensor images = Tensor.ofFloats(Shape.of(8, 1, 32, 32), pixels);
    CalibrationSource samples =
        CalibrationSource.of(List.of(TensorBatch.of(Map.of("input", images))));
    // end guide

    assertThat(samples.sampleCount()).hasValue(8);
    assertThat(GuideFolder.all(samples)).hasToString("[{input=float[8, 1, 32, 32]}]");
  }

  @Test
  void samples_fromAStream() throws IOException {
    List<float[]> recorded = Stream.generate(() -> TestSamples.pixels(1)).limit(40).toList();
    // begin guide
    Stream<Map<String, Tensor>> requests =
        recorded.stream()
            .map(pixels -> Map.of("input", Tensor.ofFloats(Shape.of(1, 1, 32, 32), pixels)));
    CalibrationSource samples = CalibrationSource.of(requests).batched(32);
    // end guide

    assertThat(samples.isRewindable()).isFalse();
    assertThat(sizes(samples)).containsExactly(32L, 8L);
  }

  @Test
  void samples_ofFiles() throws IOException {
    writeTestData(0, 1);
    writeTestData(1, 2);
    // begin guide
    CalibrationSource arrays =
        NumpySource.builder(folder.resolve("samples.npz")).batchSize(16).sampleLimit(40).open();
    CalibrationSource testData = TestDataSource.builder(folder).inputNames(List.of("input")).open();
    CalibrationSource either =
        SampleFiles.of(folder.resolve("samples.npz")).inputNames(List.of("input")).open();
    // end guide

    assertThat(arrays.sampleCount()).hasValue(40);
    assertThat(sizes(arrays)).containsExactly(16L, 16L, 8L);
    assertThat(testData.sampleCount()).hasValue(3);
    assertThat(sizes(testData)).containsExactly(1L, 2L);
    assertThat(sizes(either)).containsExactly(32L, 32L);
  }

  private void writeTestData(int set, int sampleCount) throws IOException {
    Path path = Files.createDirectory(folder.resolve("test_data_set_" + set));
    TensorProto tensor =
        TensorProto.newBuilder()
            .setDataType(ElementType.FLOAT.onnxCode())
            .addDims(sampleCount)
            .addDims(1)
            .setRawData(ByteString.copyFrom(new byte[sampleCount * Float.BYTES]))
            .build();
    Files.write(path.resolve("input_0.pb"), tensor.toByteArray());
  }

  @Test
  void samples_ofPictures() throws IOException {
    writePictures();
    // begin guide
    PictureSource samples =
        PictureSource.builder(folder.resolve("pictures"))
            .inputName("input")
            .size(224, 224)
            .fit(PictureFit.CENTER_CROP)
            .shorterSide(256)
            .mean(0.485f, 0.456f, 0.406f)
            .std(0.229f, 0.224f, 0.225f)
            .recursive(true)
            .shuffled(7)
            .onUndecodable(UndecodablePolicy.SKIP)
            .open();
    // end guide

    assertThat(GuideFolder.all(samples)).hasToString("[{input=float[2, 3, 224, 224]}]");
    assertThat(samples.skippedCount()).isEqualTo(1);
  }

  private void writePictures() throws IOException {
    Path pictures = folder.resolve("pictures");
    Files.createDirectories(pictures.resolve("cats"));
    BufferedImage picture = new BufferedImage(300, 260, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(picture, "png", pictures.resolve("a.png").toFile());
    ImageIO.write(picture, "jpg", pictures.resolve("cats/b.jpg").toFile());
    Files.writeString(pictures.resolve("c.png"), "no picture");
  }

  @Test
  void samples_ofAnOwnSource() throws IOException {
    Files.write(folder.resolve("sensor.raw"), new byte[5 * 64 * Float.BYTES]);
    // begin guide
    final class SensorSource implements CalibrationSource {
      private final InputStream in;

      SensorSource(Path file) throws IOException {
        in = Files.newInputStream(file);
      }

      @Override
      public Optional<TensorBatch> next() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(64 * Float.BYTES));
        if (!bytes.hasRemaining()) {
          return Optional.empty();
        }
        Tensor signal = Tensor.of(ElementType.FLOAT, Shape.of(1, 64), bytes);
        return Optional.of(TensorBatch.of(Map.of("signal", signal)));
      }

      @Override
      public boolean isRewindable() {
        return false;
      }

      @Override
      public void rewind() {
        throw new UnsupportedOperationException("open it anew");
      }

      @Override
      public OptionalLong sampleCount() {
        return OptionalLong.empty();
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    }

    CalibrationSource samples = new SensorSource(folder.resolve("sensor.raw")).batched(2);
    // end guide

    assertThat(samples.isRewindable()).isFalse();
    assertThat(samples.sampleCount()).isEmpty();
    assertThat(sizes(samples)).containsExactly(2L, 2L, 1L);
  }

  @Test
  void samples_cutAndMixed() throws IOException {
    Path path = folder.resolve("samples.npz");
    // begin guide
    CalibrationSource first = NumpySource.builder(path).open().limited(48);
    CalibrationSource subset = NumpySource.builder(path).open().subsampled(48, 7).batched(16);
    CalibrationSource mixed = NumpySource.builder(path).open().shuffled(1024, 7).limited(48);
    // end guide

    List<TensorBatch> all = GuideFolder.all(mixed);
    assertThat(sizes(first)).containsExactly(32L, 16L);
    assertThat(sizes(subset)).containsExactly(16L, 16L, 16L);
    assertThat(all).extracting(TensorBatch::sampleCount).containsExactly(32L, 16L);
    assertThat(all.get(0).tensor("input").orElseThrow().floats().get(0))
        .isNotEqualTo(TestSamples.pixels(1)[0]);
  }

  @Test
  void inputs_ofSeveralTypesAndLengths() throws IOException {
    Path model = MODELS.resolve("mixed.onnx");
    List<long[]> sentences = List.of(new long[] {101, 7, 102}, new long[] {101, 8, 9, 10, 102});
    // begin guide
    List<TensorBatch> batches = new ArrayList<>();
    for (long[] ids : sentences) {
      Shape shape = Shape.of(1, ids.length);
      ByteBuffer halves = ByteBuffer.allocate(ids.length * Short.BYTES);
      batches.add(
          TensorBatch.of(
              Map.of(
                  "ids", Tensor.ofLongs(shape, ids),
                  "kinds", Tensor.ofInts(shape, new int[ids.length]),
                  "mask", Tensor.ofBytes(ElementType.BOOL, shape, new byte[ids.length]),
                  "half", Tensor.of(ElementType.FLOAT16, shape, halves),
                  "x", Tensor.ofFloats(shape, new float[ids.length]))));
    }
    CalibrationTable table;
    try (Calibrator calibrator = Calibrator.builder(model, List.of("x", "y")).build()) {
      table = calibrator.run(CalibrationSource.of(batches));
    }
    // end guide

    assertThat(table.sampleCount()).isEqualTo(2);
    assertThat(table.statistics("y")).contains(new TensorStatistics(0, 0, 8, 0));
  }

  @Test
  void inputs_thatAreNoSamples() throws IOException {
    Path model = MODELS.resolve("gain.onnx");
    TensorBatch batch =
        TensorBatch.of(Map.of("x", Tensor.ofFloats(Shape.of(1, 1, 2, 1, 2), 1, 2, 3, 4)));
    // begin guide
    CalibrationTable table;
    try (Calibrator calibrator =
            Calibrator.builder(model, List.of("y"))
                .parameter("gain", Tensor.ofFloats(Shape.of(), 0.5f))
                .build();
        CalibrationSource samples = CalibrationSource.of(List.of(batch))) {
      table = calibrator.run(samples);
    }
    // end guide

    assertThat(table.statistics("y")).contains(new TensorStatistics(0.5f, 2, 4, 0));
    try (Calibrator unfed = Calibrator.builder(model, List.of("y")).build();
        CalibrationSource samples = CalibrationSource.of(List.of(batch))) {
      assertThatThrownBy(() -> unfed.run(samples))
          .hasMessageStartingWith("input 'gain' is missing in the samples");
    }
  }
}
