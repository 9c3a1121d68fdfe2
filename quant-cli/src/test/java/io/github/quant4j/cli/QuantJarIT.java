/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The executable jar, run as users run it. */
class QuantJarIT {
  private static final Path JAR = Path.of(System.getProperty("quant.jar"));

  @Test
  void version_isThatOfTheBuild() throws Exception {
    CommandRun run = java("--version");

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("quant ");
  }

  @Test
  void quantizeThenVerify_residualNetwork_holds(@TempDir Path folder) throws Exception {
    Path output = folder.resolve("int8.onnx");
    Path samples =
        NumpyWriter.writeFloats(
            folder.resolve("x.npy"), FashionMnist.calibrationImages(32), 32, 1, 32, 32);

    CommandRun quantize = java("quantize", FashionMnist.RESNET, "--data", samples, "-o", output);
    CommandRun verify =
        java("verify", FashionMnist.RESNET, output, "--data", samples, "--min-sqnr", 25, "--json");

    assertThat(quantize.err()).isEmpty();
    assertThat(quantize.exitCode()).isZero();
    assertThat(verify.err()).isEmpty();
    assertThat(verify.exitCode()).isZero();
    assertThat(JsonTree.object(verify.out())).containsEntry("held", true);
  }

  /** The picture of the first calibration image is the sample of its array, bit for bit. */
  @Test
  void calibrate_picturesWithoutADisplay_givesTheTableOfArrays(@TempDir Path folder)
      throws Exception {
    float[] pixels = FashionMnist.calibrationImages(1);
    Path samples = NumpyWriter.writeFloats(folder.resolve("x.npy"), pixels, 1, 1, 32, 32);
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_BYTE_GRAY);
    int[] codes = new int[pixels.length];
    Arrays.setAll(codes, i -> Math.round((pixels[i] * 0.3530f + 0.2860f) * 255));
    image.getRaster().setPixels(0, 0, 32, 32, codes);
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    ImageIO.write(image, "png", pictures.resolve("0.png").toFile());
    Path ofArrays = folder.resolve("arrays.json");
    Path ofPictures = folder.resolve("pictures.json");

    java("calibrate", FashionMnist.RESNET, "--data", samples, "-o", ofArrays);
    CommandRun run =
        java(
            "calibrate",
            FashionMnist.RESNET,
            "--data=" + pictures,
            "--mean=0.2860",
            "--std=0.3530",
            "-o",
            ofPictures);

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(ofPictures).hasSameBinaryContentAs(ofArrays);
  }

  @Test
  void badModel_isOneLineOnStandardError(@TempDir Path folder) throws Exception {
    CommandRun run = java("inspect", Files.writeString(folder.resolve("text.onnx"), "no model"));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("quant: model ").hasLineCount(1);
  }

  /** The glue is in the jar: what is missing is a library of the machine, or its GPU. */
  @Test
  void inspect_engineWithoutAGpu_isOneLineThatNamesWhatIsMissing(@TempDir Path folder)
      throws Exception {
    CommandRun run = java("inspect", Files.writeString(folder.resolve("engine.plan"), "ftrt"));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("quant: TensorRT is not available: ")
        .containsAnyOf("libcuda", "libcudart", "CUDA finds no driver", "CUDA shows no device")
        .hasLineCount(1);
  }

  @Test
  void jar_holdsLicencesAndRuntimesOfAllPlatformsButNoDebugFiles() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      List<String> names = jar.stream().map(ZipEntry::getName).toList();
      assertThat(names)
          .contains("META-INF/LICENSE", "META-INF/LICENSE.txt", "ThirdPartyNotices.txt")
          .contains("META-INF/licenses/onnxruntime.txt", "META-INF/licenses/protobuf-java.txt")
          .contains("ai/onnxruntime/native/linux-x64/libonnxruntime.so")
          .contains("ai/onnxruntime/native/osx-aarch64/libonnxruntime.dylib")
          .contains("ai/onnxruntime/native/win-x64/onnxruntime.dll")
          .contains("org/bytedeco/tensorrt/linux-x86_64/libjninvinfer.so")
          .contains("META-INF/maven/org.bytedeco/tensorrt/pom.properties")
          .doesNotHaveDuplicates()
          .noneMatch(name -> name.contains(".dSYM") || name.matches(".*/lib(nv|cu).*\\.so.*"))
          .noneMatch(name -> name.toUpperCase(Locale.ROOT).matches("META-INF/.*\\.(SF|RSA|DSA)"));
    }
  }

  private static CommandRun java(Object... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", JAR.toString()));
    Stream.of(args).map(Object::toString).forEach(command::add);
    Path errors = Files.createTempFile("quant", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
      builder.environment().remove("DISPLAY");
      builder.environment().put("CUDA_VISIBLE_DEVICES", "-1");
      Process process = builder.start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new CommandRun(process.waitFor(), out, Files.readString(errors));
    } finally {
      Files.delete(errors);
    }
  }
}
