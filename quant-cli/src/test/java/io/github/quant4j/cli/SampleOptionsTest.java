/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.CalibrationTableJson;
import io.github.quant4j.core.table.TensorStatistics;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which samples of --data are used, and what quantize, verify and repair make of pictures. */
class SampleOptionsTest {
  private static final int GOOD = 4;
  private static final List<Object> SCALED = List.of("--mean", "0.2860", "--std", "0.3530");

  private QuantizeFixture given;
  private Path pictures;
  private Path table;

  /** Prepares ResNet-20 and pictures of 32 by 32, good ones and one that is none. */
  @BeforeEach
  void prepare(@TempDir Path folder) throws IOException {
    given = QuantizeFixture.in(folder);
    pictures = Files.createDirectories(given.file("pictures").resolve("shirts"));
    table = given.file("table.json");
    Random random = new Random(20);
    for (int picture = 0; picture < GOOD; picture++) {
      BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_BYTE_GRAY);
      image.getRaster().setPixels(0, 0, 32, 32, random.ints(32 * 32, 0, 256).toArray());
      ImageIO.write(image, "png", pictures.resolve(picture + ".png").toFile());
    }
  }

  private void writeDamaged() throws IOException {
    byte[] whole = Files.readAllBytes(pictures.resolve("1.png"));
    Files.write(pictures.resolve("1 damaged.png"), Arrays.copyOf(whole, 100));
  }

  private static CommandRun run(List<?> command, List<?> options, Object... more) {
    List<Object> args = new ArrayList<>(command);
    args.addAll(options);
    args.addAll(Arrays.asList(more));
    return CommandRun.of(args.toArray());
  }

  private static CommandRun done(CommandRun run) {
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return run;
  }

  private List<Object> verify(Path data) {
    return List.of("verify", given.model(), given.output(), "--data", data);
  }

  private CalibrationTable calibrated(Path data, Object... options) throws IOException {
    List<Object> command = List.of("calibrate", given.model(), "--data", data, "-o", table);
    done(run(command, List.of(), options));
    return CalibrationTableJson.read(table);
  }

  @Test
  void pictures_inEveryCommand_areSamples() throws IOException {
    done(given.quantize(pictures, given.output(), SCALED.toArray()));

    assertThat(done(run(verify(pictures), SCALED)).out()).contains("samples      4", "SQNR ");
    List<Object> repair =
        List.of("repair", given.output(), "--data", pictures, "-o", given.file("repaired.onnx"));
    assertThat(done(run(repair, SCALED, "--json")).out())
        .contains("\"samples\" : 4", "\"synthetic\" : false", "\"skippedPictures\" : 0");
  }

  @Test
  void undecodable_skipped_isNoted() throws IOException {
    writeDamaged();

    CommandRun quantized = given.quantize(pictures, given.output(), "--undecodable", "skip");

    assertThat(done(quantized).out())
        .contains("samples      4", "note         1 picture was damaged and left out");
    assertThat(done(run(verify(pictures), List.of("--undecodable", "skip", "--json"))).out())
        .contains("\"samples\" : 4", "\"skippedPictures\" : 1");
    assertThat(run(verify(pictures), List.of()).err()).contains("1 damaged.png").hasLineCount(1);
  }

  @Test
  void recursive_picturesInFolders_areRead() throws IOException {
    assertThat(calibrated(given.file("pictures"), "--recursive").sampleCount()).isEqualTo(GOOD);
    given.assertFailed(
        given.quantize(given.file("pictures"), given.output()), "holds no samples (1 folder)");
  }

  @Test
  void imageSize_oneNumber_isBothHeightAndWidth() {
    PictureSize.Converter converter = new PictureSize.Converter();

    assertThat(converter.convert("224")).isEqualTo(new PictureSize(224, 224));
    assertThat(converter.convert("224x160")).isEqualTo(new PictureSize(224, 160));
  }

  /** Rows that hold their own number tell by the range which of them were drawn. */
  @Test
  void seed_drawsTheSameSamplesAgain_fromAll() throws IOException {
    TinyModels.fixedBatch(given.model(), 2);
    float[] rows = new float[200 * TinyModels.FEATURES];
    for (int row = 0; row < 200; row++) {
      Arrays.fill(rows, row * TinyModels.FEATURES, (row + 1) * TinyModels.FEATURES, row);
    }
    NumpyWriter.writeFloats(given.samples(), rows, 200, TinyModels.FEATURES);

    TensorStatistics first = drawn("--samples", 6);
    TensorStatistics random = drawn("--samples", 6, "--seed", 1);

    assertThat(first.maximum()).isEqualTo(5);
    assertThat(random.count()).isEqualTo(first.count());
    assertThat(random.maximum()).isGreaterThan(100);
    assertThat(drawn("--samples", 6, "--seed", 1)).isEqualTo(random);
    assertThat(drawn("--samples", 6, "--seed", 2)).isNotEqualTo(random);
  }

  private TensorStatistics drawn(Object... options) throws IOException {
    return calibrated(given.samples(), options).statistics("x").orElseThrow();
  }

  @Test
  void seed_pictures_drawsOthersForDamagedOnes() throws IOException {
    writeDamaged();

    for (int seed = 0; seed < 4; seed++) {
      assertThat(
              calibrated(pictures, "--samples", 4, "--seed", seed, "--undecodable", "skip")
                  .sampleCount())
          .as("seed %s", seed)
          .isEqualTo(4);
    }
  }

  @Test
  void seed_withoutACountOrWithLabels_isRefused() throws IOException {
    given.assertWrongUsage(given.quantize("--seed", 1), "--seed draws", "with --samples");
    Path labels = given.file("labels.npy");
    given.assertWrongUsage(
        run(verify(pictures), List.of("--labels", labels), "--samples", 2, "--seed", 1),
        "--labels counts them");
    given.assertWrongUsage(
        run(verify(pictures), List.of("--labels", labels), "--undecodable", "skip"),
        "may leave samples out, which --labels counts");
  }

  @Test
  void checkpoint_ofAFailedQuantization_isGoneOnFrom() throws IOException {
    Path checkpoint = given.file("state");
    List<Object> options = List.of("--batch", 1, "--undecodable", "fail");
    done(given.quantize(pictures, given.output(), options.toArray()));
    byte[] inOne = Files.readAllBytes(given.output());
    Files.delete(given.output());
    Path last = pictures.resolve("3.png");
    byte[] whole = Files.readAllBytes(last);
    Files.write(last, new byte[] {1});
    Object[] kept = {"--batch", 1, "--checkpoint", checkpoint, "--checkpoint-every", 2};

    given.assertFailed(given.quantize(pictures, given.output(), kept), "3.png");
    assertThat(checkpoint).isRegularFile();
    Files.write(last, whole);
    done(given.quantize(pictures, given.output(), kept));

    assertThat(given.output()).hasBinaryContent(inOne);
    assertThat(checkpoint).doesNotExist();
  }

  @Test
  void nonFinite_excludedOfASample_quantizesAsWithoutIt() throws IOException {
    float[] pixels = FashionMnist.calibrationImages(3);
    given.writeSamples(pixels, 32, 32);
    done(given.quantize());
    byte[] without = Files.readAllBytes(given.output());
    float[] more = Arrays.copyOf(pixels, 4 * 32 * 32);
    Arrays.fill(more, 3 * 32 * 32, more.length, Float.NaN);
    given.writeSamples(more, 32, 32);

    CommandRun run = given.quantize("--non-finite", "exclude");

    assertThat(done(run).out())
        .contains("note         the ranges of 21 tensors leave out NaN and infinite values");
    assertThat(given.output()).hasBinaryContent(without);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--parallel=2", "--early-stop", "--non-finite=exclude", "--checkpoint=state"})
  void calibrationOption_withATable_isRefused(String option) {
    given.assertWrongUsage(
        CommandRun.of("quantize", given.model(), "--table", table, "-o", given.output(), option),
        option.replaceFirst("=.*", ""),
        "but --table gives them");
  }
}
