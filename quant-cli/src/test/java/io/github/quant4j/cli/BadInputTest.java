/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each bad file ends in one line and exit code 1, and no file is touched. */
class BadInputTest {
  private static final int COUNT = QuantizeFixture.SAMPLE_COUNT;

  private QuantizeFixture given;

  @BeforeEach
  void prepare(@TempDir Path folder) throws IOException {
    given = QuantizeFixture.in(folder);
  }

  @Test
  void quantize_missingFile_fails() {
    Path missing = given.file("missing.onnx");

    given.assertFailed(
        CommandRun.of("quantize", missing, "--data", given.samples(), "-o", given.output()),
        "model \"" + missing + "\" does not exist",
        "expected");
  }

  @Test
  void quantize_emptyFile_fails() throws IOException {
    Files.write(given.model(), new byte[0]);

    given.assertFailed(
        given.quantize(), "model \"" + given.model() + "\" is empty", "expected an ONNX model");
  }

  @Test
  void quantize_truncatedModel_fails() throws IOException {
    byte[] whole = Files.readAllBytes(given.model());
    Files.write(given.model(), Arrays.copyOf(whole, whole.length / 2));

    given.assertFailed(
        given.quantize(),
        "model \"" + given.model() + "\"",
        "truncated",
        whole.length / 2 + " bytes");
  }

  @Test
  void quantize_bytesOfAnotherFormat_fail() throws IOException {
    Files.writeString(given.model(), "this is a text, not a model");

    given.assertFailed(
        given.quantize(), "model \"" + given.model() + "\" is not an ONNX model", "ModelProto");
  }

  @Test
  void quantize_quantizedModel_fails() throws IOException {
    assertThat(given.quantize().exitCode()).isZero();
    Files.move(given.output(), given.model(), StandardCopyOption.REPLACE_EXISTING);

    given.assertFailed(
        given.quantize(),
        "cannot quantize \"" + given.model() + "\"",
        "quantized already",
        "QuantizeLinear",
        "float32 model it was made from, or repair it");
  }

  @Test
  void quantize_noSample_fails() throws IOException {
    given.writeSamples(new float[0], 32, 32);

    given.assertFailed(
        given.quantize(), given.samples().toString(), "no sample", "expected at least one");
  }

  @Test
  void quantize_emptyFolder_fails() throws IOException {
    Path empty = Files.createDirectory(given.file("empty"));

    given.assertFailed(given.quantizeWith(empty), empty.toString(), "holds no samples", "expected");
  }

  @Test
  void quantize_missingSamples_fail() throws IOException {
    Path missing = given.file("missing.npz");

    given.assertFailed(given.quantizeWith(missing), missing.toString(), "no such file", "expected");
  }

  @Test
  void quantize_samplesOfAnotherFormat_fail() throws IOException {
    Path text = Files.writeString(given.file("text.npy"), "not an array");

    given.assertFailed(given.quantizeWith(text), text.toString(), "expected");
  }

  @Test
  void quantize_otherInputName_fails() throws IOException {
    Path archive =
        NumpyWriter.writeArchive(
            given.file("x.npz"), "image", new float[COUNT * 1024], COUNT, 1, 32, 32);

    given.assertFailed(
        given.quantizeWith(archive), archive.toString(), "'input'", "[image]", "[input]");
  }

  @Test
  void quantize_otherShape_fails() throws IOException {
    given.writeSamples(new float[COUNT * 28 * 28], 28, 28);

    given.assertFailed(
        given.quantize(),
        given.samples().toString(),
        "'input'",
        "[4, 1, 28, 28]",
        "28 on axis 2, expected 32");
  }

  @Test
  void quantize_otherElementType_fails() throws IOException {
    NumpyWriter.writeDoubles(given.samples(), new double[COUNT * 1024], COUNT, 1, 32, 32);

    given.assertFailed(
        given.quantize(), given.samples().toString(), "'input'", "type double", "expected float");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void quantize_sampleThatIsNotFinite_fails(float value) throws IOException {
    float[] images = FashionMnist.calibrationImages(COUNT);
    images[2 * 1024 + 3 * 32 + 4] = value;
    given.writeSamples(images, 32, 32);

    given.assertFailed(
        given.quantize(),
        given.samples().toString(),
        "'input'",
        "NaN or infinite",
        "sample 2",
        "[0, 3, 4]");
  }

  @Test
  void quantize_oneArrayForTwoInputs_fails() throws IOException {
    TinyModels.twoInputs(given.model());

    given.assertFailed(given.quantize(), given.samples().toString(), "[a, b]", "expected a .npz");
  }

  @Test
  void quantize_outputInMissingFolder_failsBeforeTheSamplesAreRead() throws IOException {
    Path output = given.file("missing").resolve("int8.onnx");

    given.assertFailed(
        given.quantize(given.file("not-looked-at.npy"), output),
        "cannot write \"" + output + "\"",
        "there is no directory",
        "expected a file path in an existing");
    assertThat(output.getParent()).doesNotExist();
  }

  @Test
  void quantize_outputThatIsAFolder_fails() throws IOException {
    Path directory = Files.createDirectory(given.file("directory"));

    given.assertFailed(
        given.quantizeTo(directory),
        "cannot write \"" + directory + "\": it exists and is not a regular file");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void quantize_outputThatCannotBeMade_fails() throws IOException {
    Path output = given.file("x".repeat(250) + ".onnx");

    given.assertFailed(
        given.quantizeTo(output), "cannot write \"" + output + "\"", "no file can be made in");
  }

  @Test
  void quantize_failure_leavesAnExistingOutputAsItWas() throws IOException {
    Path existing = Files.writeString(given.file("existing.onnx"), "precious");
    given.writeSamples(new float[COUNT * 28 * 28], 28, 28);

    given.assertFailed(given.quantizeTo(existing), "28 on axis 2");
    assertThat(existing).hasContent("precious");
  }
}
