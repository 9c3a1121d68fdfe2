/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.range.MinMaxSelector;
import io.github.quant4j.core.table.CalibrationTableJson;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/calibration.md, run one after the other, and what they are said to print.
 */
class CalibrationGuideCommandsTest {
  private static final Pattern COMMANDS = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");
  private static final Pattern PRINTED =
      Pattern.compile("(?ms)^The first of them prints:\\n\\n```text\\n(.*?)^```$");
  private static final Pattern FILE =
      Pattern.compile("pictures|\\w+\\.(onnx|npz|json|cache|checkpoint)");
  private static final int IMAGE_LENGTH = FashionMnist.SIDE * FashionMnist.SIDE;

  private Path folder;

  @BeforeEach
  void prepare(@TempDir Path given) throws IOException {
    folder = given;
    Files.copy(FashionMnist.RESNET, folder.resolve("model.onnx"));
    float[] images = FashionMnist.calibrationImages(4);
    writeNpz("samples.npz", images);
    writeNpz("part_0.npz", Arrays.copyOf(images, 2 * IMAGE_LENGTH));
    writeNpz("part_1.npz", Arrays.copyOfRange(images, 2 * IMAGE_LENGTH, 4 * IMAGE_LENGTH));
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    BufferedImage picture = new BufferedImage(40, 30, BufferedImage.TYPE_BYTE_GRAY);
    ImageIO.write(picture, "png", pictures.resolve("a.png").toFile());
  }

  @Test
  void page_everyCommand_doesItsWork() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "calibration.md"));
    List<String> commands =
        COMMANDS.matcher(page).results().flatMap(block -> block.group(1).lines()).toList();

    List<CommandRun> runs = commands.stream().map(this::run).toList();

    assertThat(runs)
        .isNotEmpty()
        .zipSatisfy(
            commands,
            (run, command) -> {
              assertThat(run.err()).as(command).isEmpty();
              assertThat(run.exitCode()).as(command).isZero();
            });
    assertThat(labels(runs.get(0).out())).containsAll(labels(printed(page)));
    assertThat(folder.resolve("calibration.checkpoint")).doesNotExist();
    assertThat(Files.readString(folder.resolve("calibration.cache")))
        .startsWith("TRT-8603-EntropyCalibration2\n");
    assertThat(run("quant calibrate model.onnx --data samples.npz --batch 2 -o all.json").err())
        .isEmpty();
    assertThat(CalibrationTableJson.read(folder.resolve("merged.json")))
        .isEqualTo(
            CalibrationTableJson.read(folder.resolve("all.json"))
                .withRanges("minmax", MinMaxSelector.create()));
  }

  private void writeNpz(String name, float[] images) throws IOException {
    int side = FashionMnist.SIDE;
    int count = images.length / IMAGE_LENGTH;
    NumpyWriter.writeArchive(folder.resolve(name), "input", images, count, 1, side, side);
  }

  /** Runs a command of the page on the files of the folder. */
  private CommandRun run(String command) {
    assertThat(command).startsWith("quant ");
    return CommandRun.of(
        Stream.of(command.split(" "))
            .skip(1)
            .map(word -> FILE.matcher(word).matches() ? folder.resolve(word).toString() : word)
            .toArray());
  }

  private static String printed(String page) {
    return PRINTED.matcher(page).results().findFirst().orElseThrow().group(1);
  }

  /** Returns what lines have before two spaces or more. */
  private static List<String> labels(String text) {
    return text.lines()
        .filter(line -> line.matches("\\w+ {2}.*"))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .toList();
  }
}
