/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
  private static final int TEST_IMAGES = 200;

  private static Path folder;
  private static Path int8;
  private static Path images;
  private static Path labels;

  @BeforeAll
  static void quantize(@TempDir Path empty) throws IOException {
    folder = empty;
    Path samples =
        NumpyWriter.writeArchive(
            folder.resolve("cal.npz"),
            "input",
            FashionMnist.calibrationImages(512),
            512,
            1,
            32,
            32);
    int8 = folder.resolve("int8.onnx");
    assertThat(CommandRun.of("quantize", FashionMnist.RESNET, "--data", samples, "-o", int8))
        .extracting(CommandRun::exitCode)
        .isEqualTo(0);
    images =
        NumpyWriter.writeFloats(
            folder.resolve("test.npy"),
            FashionMnist.testImages(TEST_IMAGES),
            TEST_IMAGES,
            1,
            32,
            32);
    labels =
        NumpyWriter.writeLongs(folder.resolve("labels.npy"), FashionMnist.testLabels(TEST_IMAGES));
  }

  @Test
  void verify_residualNetwork_keepsItsAccuracy() {
    CommandRun run = verify("--labels", labels, "--max-top1-drop", "0.6", "--min-sqnr", 25);

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    // onnxruntime 1.30 gets 189 of the first 200 test images right with the float model
    assertThat(run.out())
        .contains("samples      200", "output       logits: SQNR ", "top-1        float 94.50 %")
        .contains("--min-sqnr 25.0 held", "--max-top1-drop 0.6 held");
    assertThat(run.out().lines().filter(line -> line.startsWith("worst "))).hasSize(5);
  }

  @Test
  void verify_json_hasAllFieldsInOrder() throws IOException {
    CommandRun run = few("--labels", labels, "--min-sqnr", "-10", "--json");

    assertThat(run.exitCode()).isZero();
    Map<String, @Nullable Object> json = JsonTree.object(run.out());
    assertThat(json.keySet())
        .containsExactly(
            "command",
            "float",
            "int8",
            "samples",
            "outputs",
            "worstTensors",
            "topOne",
            "checks",
            "held",
            "elapsedSeconds",
            "skippedPictures");
    assertThat(json).containsEntry("samples", 20L).containsEntry("held", true);
    assertThat(json.get("outputs"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .singleElement(InstanceOfAssertFactories.MAP)
        .containsOnlyKeys("tensor", "sqnrDecibels", "cosineSimilarity", "maximumAbsoluteError");
    assertThat(json.get("topOne"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsOnlyKeys("float", "int8", "dropPoints", "agreement");
  }

  @Test
  void verify_equalModels_writesTheInfiniteSqnrAsText() throws IOException {
    CommandRun run =
        CommandRun.of(
            "verify",
            FashionMnist.RESNET,
            FashionMnist.RESNET,
            "--data",
            images,
            "--samples",
            5,
            "--json");

    assertThat(JsonTree.object(run.out()))
        .doesNotContainKey("topOne")
        .extractingByKey("outputs", InstanceOfAssertFactories.LIST)
        .singleElement(InstanceOfAssertFactories.MAP)
        .containsEntry("sqnrDecibels", "Infinity");
  }

  @Test
  void verify_sqnrBelowLimit_printsTheReportAndFails() {
    CommandRun run = few("--min-sqnr", 90);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("--min-sqnr 90.0 did not hold");
    assertThat(run.err())
        .startsWith("quant: \"" + int8 + "\" does not pass: --min-sqnr 90.0 did not hold: found ")
        .containsOnlyOnce("\n");
  }

  @Test
  void verify_dropAboveLimit_fails() throws IOException {
    CommandRun run = few("--labels", labels, "--max-top1-drop", "-50", "--json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(JsonTree.object(run.out())).containsEntry("held", false);
    assertThat(run.err()).contains("--max-top1-drop -50.0 did not hold: found ");
  }

  @Test
  void verify_labelsOfEveryIntegerType_areRead() throws IOException {
    Path bytes = NumpyWriter.write(folder.resolve("bytes.npy"), "|u1", ByteBuffer.allocate(20), 20);
    Path signedBytes =
        NumpyWriter.write(folder.resolve("signed.npy"), "|i1", ByteBuffer.allocate(20), 20);
    Path ints = NumpyWriter.write(folder.resolve("ints.npy"), "<i4", ByteBuffer.allocate(80), 20);

    List<String> answers = new ArrayList<>();
    for (Path file : List.of(bytes, signedBytes, ints)) {
      CommandRun run = few("--labels", file);
      assertThat(run.err()).isEmpty();
      run.out().lines().filter(line -> line.startsWith("top-1")).forEach(answers::add);
    }
    assertThat(answers).hasSize(3).containsOnly(answers.get(0));
  }

  @Test
  void verify_labelsOfAnotherRank_areRefused() {
    CommandRun run = few("--labels", images);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .isEqualToIgnoringNewLines(
            "quant: labels \""
                + images
                + "\" have shape [200, 1, 32, 32]; expected one axis, a class number per sample");
  }

  @Test
  void verify_labelsOfFloats_areRefused() throws IOException {
    CommandRun run =
        few("--labels", NumpyWriter.writeFloats(folder.resolve("f.npy"), new float[20], 20));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("f.npy\" are of type float; expected int64, int32, uint8 or int8");
  }

  @Test
  void verify_fewerLabelsThanSamples_isRefused() throws IOException {
    CommandRun run = few("--labels", NumpyWriter.writeLongs(folder.resolve("l.npy"), 1, 2, 3));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("found 3 labels for 20 samples");
  }

  @Test
  void verify_dropLimitWithoutLabels_isWrongUsage() {
    CommandRun run = few("--max-top1-drop", 1);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--max-top1-drop needs labels");
  }

  @Test
  void verify_onTerminal_showsProgressAndWipesIt() {
    CommandRun run =
        CommandRun.onTerminal(
            "verify", FashionMnist.RESNET, int8, "--data", images, "--samples", 4, "--batch", 2);

    assertThat(run.err()).startsWith("\rcomparing: 1 batches, 2 samples, ").endsWith("\r");
  }

  private static CommandRun verify(Object... more) {
    List<Object> args =
        new ArrayList<>(List.of("verify", FashionMnist.RESNET, int8, "--data", images));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  private static CommandRun few(Object... more) {
    List<Object> args = new ArrayList<>(List.of("--samples", 20));
    args.addAll(List.of(more));
    return verify(args.toArray());
  }
}
