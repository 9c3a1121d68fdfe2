/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A float model, a few samples and an output that is not there yet, in a folder of their own. */
final class QuantizeFixture {
  static final int SAMPLE_COUNT = 4;

  private final Path folder;

  private QuantizeFixture(Path folder) {
    this.folder = folder;
  }

  static QuantizeFixture in(Path folder) throws IOException {
    QuantizeFixture fixture = new QuantizeFixture(folder);
    Files.copy(FashionMnist.RESNET, fixture.model());
    fixture.writeSamples(FashionMnist.calibrationImages(SAMPLE_COUNT), 32, 32);
    return fixture;
  }

  Path model() {
    return file("model.onnx");
  }

  Path samples() {
    return file("samples.npy");
  }

  Path output() {
    return file("int8.onnx");
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** Writes other samples, [N, 1, height, width]. */
  void writeSamples(float[] pixels, int height, int width) throws IOException {
    NumpyWriter.writeFloats(samples(), pixels, pixels.length / (height * width), 1, height, width);
  }

  CommandRun quantize(Object... options) throws IOException {
    return quantize(samples(), output(), options);
  }

  CommandRun quantizeWith(Path data) throws IOException {
    return quantize(data, output());
  }

  CommandRun quantizeTo(Path output) throws IOException {
    return quantize(samples(), output);
  }

  /** Quantizes and makes sure that the model is as it was. */
  CommandRun quantize(Path data, Path output, Object... options) throws IOException {
    byte[] before = Files.readAllBytes(model());
    List<Object> args = new ArrayList<>(List.of("quantize", model(), "--data", data, "-o", output));
    args.addAll(Arrays.asList(options));
    CommandRun run = CommandRun.of(args.toArray());
    assertThat(model()).hasBinaryContent(before);
    return run;
  }

  /** Compares a model with the float model in ONNX Runtime. */
  Map<String, @Nullable Object> verified(Path int8) throws IOException {
    CommandRun run = CommandRun.of("verify", model(), int8, "--data", samples(), "--json");
    assertThat(run.err()).isEmpty();
    return JsonTree.object(run.out());
  }

  /** Checks for exit code 1, one error line that holds the parts, and no file written. */
  void assertFailed(CommandRun run, String... parts) {
    assertOneLine(run, parts);
    assertThat(run.exitCode()).isEqualTo(Quant.FAILED);
  }

  /** Checks for exit code 2, one error line that holds the parts, and no file written. */
  void assertWrongUsage(CommandRun run, String... parts) {
    assertOneLine(run, parts);
    assertThat(run.err()).contains(" --help\"");
    assertThat(run.exitCode()).isEqualTo(Quant.WRONG_USAGE);
  }

  private void assertOneLine(CommandRun run, String... parts) {
    assertThat(run.err()).startsWith("quant: ").contains(parts).hasLineCount(1);
    assertThat(run.out()).isEmpty();
    assertThat(output()).doesNotExist();
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }
}
