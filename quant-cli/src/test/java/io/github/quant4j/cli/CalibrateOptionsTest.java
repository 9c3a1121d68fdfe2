/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.CalibrationTableJson;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forms of samples, and how they are observed. */
class CalibrateOptionsTest {
  private static final int ROWS = 256;

  private QuantizeFixture given;
  private Path table;

  /** Prepares y = x * w of two samples at once, and samples that are all alike. */
  @BeforeEach
  void prepare(@TempDir Path folder) throws IOException {
    given = QuantizeFixture.in(folder);
    table = given.file("table.json");
    TinyModels.fixedBatch(given.model(), 2);
    writeRows(rows());
  }

  private static float[] rows() {
    float[] rows = new float[ROWS * TinyModels.FEATURES];
    Arrays.fill(rows, 1);
    return rows;
  }

  private void writeRows(float[] rows) throws IOException {
    NumpyWriter.writeFloats(given.samples(), rows, ROWS, TinyModels.FEATURES);
  }

  private CommandRun calibrate(Path data, Object... options) {
    List<Object> args = new ArrayList<>();
    args.addAll(List.of("calibrate", given.model(), "--data", data, "-o", table));
    args.addAll(Arrays.asList(options));
    return CommandRun.of(args.toArray());
  }

  private CalibrationTable calibrated(Path data, Object... options) throws IOException {
    CommandRun run = calibrate(data, options);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return CalibrationTableJson.read(table);
  }

  private static TensorStatistics seen(CalibrationTable table, String tensor) {
    return table.statistics(tensor).orElseThrow();
  }

  private void writePictures(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (int code : new int[] {0, 51, 255}) {
      BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
      int[] codes = new int[16 * 16];
      Arrays.fill(codes, code);
      picture.getRaster().setPixels(0, 0, 16, 16, codes);
      ImageIO.write(picture, "png", folder.resolve(code + ".png").toFile());
    }
  }

  @Test
  void data_folderOfPictures_isScaledForTheModel() throws IOException {
    Files.copy(FashionMnist.RESNET, given.model(), StandardCopyOption.REPLACE_EXISTING);
    Path pictures = given.file("pictures");
    writePictures(pictures);

    CalibrationTable plain = calibrated(pictures);
    CalibrationTable scaled = calibrated(pictures, "--mean", "0.5", "--std", "0.25");

    assertThat(plain.sampleCount()).isEqualTo(3);
    assertThat(seen(plain, "input")).isEqualTo(new TensorStatistics(0, 1, 3 * 1024, 0));
    assertThat(seen(scaled, "input")).isEqualTo(new TensorStatistics(-2, 2, 3 * 1024, 0));
    assertThat(seen(calibrated(pictures, "--samples", 2, "--rescale", 1), "input").count())
        .isEqualTo(2 * 1024);
    assertThat(seen(calibrated(pictures.resolve("51.png")), "input").maximum())
        .isCloseTo(0.2f, Offset.offset(1e-6f));
  }

  @Test
  void data_picturesForAModelOfUnknownSize_isRefused() throws IOException {
    Path pictures = given.file("pictures");
    writePictures(pictures);

    given.assertWrongUsage(
        calibrate(pictures), "does not fix the size of pictures", "expected --image-size=HxW");
    given.assertWrongUsage(
        calibrate(pictures, "--image-size", "16x16", "--shorter-side", 8),
        "options for pictures do not go together");
    TinyModels.twoInputs(given.model());
    given.assertFailed(calibrate(pictures), "are pictures", "[a, b]", "a model of one input");
  }

  @Test
  void data_testData_isReadInItsOwnBatches() throws IOException {
    Path set = Files.createDirectories(given.file("test").resolve("test_data_set_0"));
    ByteBuffer bytes = ByteBuffer.allocate(2 * 32 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(5, -3f);
    TensorProto tensor =
        TensorProto.newBuilder()
            .setName("x")
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addDims(2)
            .addDims(32)
            .setRawData(ByteString.copyFrom(bytes))
            .build();
    Files.write(set.resolve("input_0.pb"), tensor.toByteArray());

    CalibrationTable read = calibrated(given.file("test"));

    assertThat(read.sampleCount()).isEqualTo(2);
    assertThat(seen(read, "x")).isEqualTo(new TensorStatistics(-3, 0, 64, 0));
  }

  @Test
  void checkpoint_ofAFailedRun_isGoneOnFrom() throws IOException {
    Path checkpoint = given.file("state");
    CalibrationTable inOne = calibrated(given.samples(), "--checkpoint", checkpoint);
    assertThat(checkpoint).doesNotExist();
    float[] rows = rows();
    rows[200 * TinyModels.FEATURES] = Float.NaN;
    writeRows(rows);

    CommandRun failed =
        calibrate(given.samples(), "--checkpoint", checkpoint, "--checkpoint-every", 3);
    assertThat(failed.err()).contains("sample 200").hasLineCount(1);
    assertThat(checkpoint).isRegularFile();
    writeRows(rows());

    assertThat(calibrated(given.samples(), "--checkpoint", checkpoint)).isEqualTo(inOne);
    assertThat(checkpoint).doesNotExist();
  }

  @Test
  void nonFinite_excluded_isLeftOutAndCounted() throws IOException {
    float[] rows = rows();
    rows[7] = Float.POSITIVE_INFINITY;
    writeRows(rows);

    CalibrationTable counted = calibrated(given.samples(), "--non-finite", "exclude");

    assertThat(seen(counted, "x")).isEqualTo(new TensorStatistics(1, 1, ROWS * 32 - 1, 1));
    assertThat(CommandRun.of("inspect", table).out()).contains(" values, 1 not finite");
    assertThat(calibrate(given.samples()).exitCode()).isEqualTo(Quant.FAILED);
  }

  @Test
  void earlyStop_settledRanges_endsTheRunAndSaysSo() throws IOException {
    CommandRun run = calibrate(given.samples(), "--early-stop", "--json");

    Map<String, @Nullable Object> json = JsonTree.object(run.out());
    assertThat(json)
        .containsEntry("ending", "converged")
        .containsEntry("settled", true)
        .containsEntry("samples", 128L)
        .containsEntry("batches", 64L)
        .containsEntry("unsettled", List.of());
    assertThat(json.get("notes")).asString().contains("not all samples were run");
    assertThat(calibrate(given.samples()).out())
        .contains("settled      more data would change the scales little");
  }

  @Test
  void parallelBatches_giveTheSameTable() throws IOException {
    CalibrationTable alone = calibrated(given.samples());

    assertThat(calibrated(given.samples(), "--parallel", 3, "--threads", 1)).isEqualTo(alone);
  }

  @Test
  void calibrate_nothingToQuantize_writesAnEmptyTableAndSaysSo() throws IOException {
    TinyModels.recurrentBodies(given.model());

    assertThat(calibrate(given.samples()).out())
        .contains("tensors      0", "note         the plan quantizes nothing");
    assertThat(CalibrationTableJson.read(table).tensors()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--parallel, 65, expected 1 to 64",
    "--provider, gpu, 'expected cpu, cuda or cuda:N'",
    "--non-finite, ignore, expected exclude or error",
    "--image-size, 224, 'expected height and width such as 224x224'",
    "--fit, crop, expected stretch or center-crop or letterbox",
    "--mean, 0.5, '--mean is for pictures, found arrays'",
    "--checkpoint-every, 0, expected a whole number from 1",
  })
  void option_thatMakesNoSense_isRefused(String option, String value, String expected) {
    given.assertWrongUsage(calibrate(given.samples(), option, value), option, expected);
  }

  @Test
  void checkpoint_overAnotherFile_isRefused() {
    given.assertWrongUsage(
        calibrate(given.samples(), "--checkpoint", table), "another file of this command");
    given.assertWrongUsage(
        calibrate(given.samples(), "--checkpoint", given.samples()), "expected another path");
  }
}
