/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import static io.github.quant4j.calibration.source.picture.TestPictures.bytes;
import static io.github.quant4j.calibration.source.picture.TestPictures.codes;
import static io.github.quant4j.calibration.source.picture.TestPictures.noise;
import static io.github.quant4j.calibration.source.picture.TestPictures.numbered;
import static io.github.quant4j.calibration.source.picture.TestPictures.write;
import static io.github.quant4j.calibration.source.picture.TestPictures.writeNumbered;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.tensor.ElementType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureSourceBadInputTest {

  private final Path folder;

  PictureSourceBadInputTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @MethodSource
  void next_undecodableFile_namesItAndTheReason(byte[] content, String reason) throws IOException {
    Path file = Files.write(folder.resolve("a.jpg"), content);
    try (PictureSource source = numbered(folder).open()) {
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatExceptionOfType(CalibrationException.class)
            .isThrownBy(source::next)
            .withMessageStartingWith("picture '%s' cannot be decoded: %s", file, reason);
      }
    }
  }

  static Stream<Arguments> next_undecodableFile_namesItAndTheReason() {
    BufferedImage image = noise(40, 30, BufferedImage.TYPE_INT_RGB, 1);
    byte[] jpeg = bytes(image, "jpg");
    return Stream.of(
        Arguments.of(new byte[0], "the file is empty"),
        Arguments.of("no picture".getBytes(StandardCharsets.US_ASCII), "it does not begin as"),
        Arguments.of(new byte[1], "it does not begin as"),
        Arguments.of(half(jpeg), "it ends early, the file is truncated"),
        Arguments.of(Arrays.copyOf(jpeg, 30), "it ends early, the file is truncated"),
        Arguments.of(half(bytes(image, "bmp")), "it ends early, the file is truncated"),
        Arguments.of(half(bytes(image, "png")), "it ends early, the file is truncated"),
        Arguments.of(pngHeader(40, -1), "the file is damaged or of an unknown variant: "),
        Arguments.of(
            pngHeader(60_000, 60_000), "it is 60000 x 60000 pixels, expected at most 134217728 "),
        Arguments.of(
            pngHeader(1 << 21, 1), "it is 2097152 x 1 pixels, expected sides of at most 1048576"));
  }

  /** Nothing but the failure that is declared leaves a reader, whatever the bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"jpg", "png", "bmp", "gif", "tif"})
  void next_damagedFile_isDecodedOrRefused(String format) throws IOException {
    byte[] intact = bytes(noise(9, 7, BufferedImage.TYPE_3BYTE_BGR, 2), format);
    Random random = new Random(3);
    for (int round = 0; round < 60; round++) {
      byte[] damaged = intact.clone();
      for (int i = 0; i < 4; i++) {
        damaged[random.nextInt(Math.min(damaged.length, 200))] = (byte) random.nextInt();
      }
      Files.write(folder.resolve("a." + format), damaged);
      try (PictureSource source =
          numbered(folder).pixelLimit(1000).onUndecodable(UndecodablePolicy.SKIP).open()) {
        assertThat(codes(source).size() + source.skippedCount()).as("round %s", round).isOne();
      }
    }
  }

  @Test
  void next_skipping_countsEveryFileOnceAndFillsTheLimit() throws IOException {
    writeNumbered(folder, 8);
    for (int i : new int[] {0, 3, 4, 7}) {
      Files.writeString(folder.resolve("0" + i + ".png"), "no picture");
    }
    try (PictureSource source =
            numbered(folder).batchSize(2).onUndecodable(UndecodablePolicy.SKIP).open();
        PictureSource limited =
            numbered(folder).sampleLimit(3).onUndecodable(UndecodablePolicy.SKIP).open()) {
      assertThat(source.sampleCount()).hasValue(8);
      assertThat(codes(source)).containsExactly(1, 2, 5, 6);
      Files.copy(folder.resolve("01.png"), folder.resolve("03.png"), REPLACE_EXISTING);
      source.rewind();
      assertThat(codes(source)).as("as before").containsExactly(1, 2, 5, 6);
      assertThat(source.skippedCount()).isEqualTo(4);
      assertThat(source.sampleCount()).hasValue(4);
      assertThat(codes(limited)).as("with 03 repaired").containsExactly(1, 2, 1);
    }
  }

  @Test
  void next_pixelLimit_isAsSet() throws IOException {
    write(folder.resolve("a.png"), noise(10, 10, BufferedImage.TYPE_INT_RGB, 1));
    try (PictureSource source = numbered(folder).pixelLimit(100).open()) {
      assertThat(source.next()).isPresent();
    }
    try (PictureSource source = numbered(folder).pixelLimit(99).open()) {
      assertThatExceptionOfType(CalibrationException.class)
          .isThrownBy(source::next)
          .withMessageEndingWith(
              "it is 10 x 10 pixels, expected at most 99 pixels; raise pixelLimit to read it");
    }
  }

  @Test
  void open_noPicture_isRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("labels.txt"), "0");

    assertThatThrownBy(numbered(folder)::open)
        .isInstanceOf(CalibrationException.class)
        .hasMessageStartingWith("folder '%s' holds no picture, expected files with a ", folder);
    assertThatThrownBy(numbered(text)::open)
        .isInstanceOf(CalibrationException.class)
        .hasMessage(
            "'%s' is no folder, expected one that holds pictures, or a list of files", text);
    assertThatThrownBy(numbered(folder.resolve("none"))::open)
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageEndingWith("no such folder, expected one that holds pictures");
  }

  @Test
  void open_listOfNoFiles_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PictureSource.builder(List.of()))
        .withMessage("files is empty, expected at least one picture");
    assertThatThrownBy(
            PictureSource.builder(List.of(folder.resolve("a.png"))).inputName("x").size(1, 1)::open)
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(PictureSource.builder(List.of(folder)).inputName("x").size(1, 1)::open)
        .isInstanceOf(CalibrationException.class)
        .hasMessage("'%s' is no file, expected a picture", folder);
  }

  @Test
  void open_withoutNameOrSize_isRefused() {
    assertThatIllegalStateException()
        .isThrownBy(PictureSource.builder(folder).size(1, 1)::open)
        .withMessage("inputName is not set, expected the input of the model");
    assertThatIllegalStateException()
        .isThrownBy(PictureSource.builder(folder).inputName("x")::open)
        .withMessage("size is not set, expected height and width of the input");
  }

  @Test
  void open_batchBeyondABuffer_isRefused() throws IOException {
    writeNumbered(folder, 2);

    assertThatThrownBy(numbered(folder).size(20_000, 20_000)::open)
        .isInstanceOf(CalibrationException.class)
        .hasMessage(
            "input 'x' takes samples of 1600000000 bytes, expected at most 2^31 - 1 in a batch of"
                + " 2; use a smaller batch size");
  }

  @ParameterizedTest
  @MethodSource
  void open_optionsThatDoNotGoTogether_isRefused(
      UnaryOperator<PictureSource.Builder> options, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> options.apply(numbered(folder).size(8, 9)).open())
        .withMessage(message);
  }

  static Stream<Arguments> open_optionsThatDoNotGoTogether_isRefused() {
    return Stream.of(
        refused(
            b -> b.shorterSide(256),
            "shorterSide is set for fit STRETCH, expected fit CENTER_CROP"),
        refused(b -> b.padding(1), "padding is set for fit STRETCH, expected fit LETTERBOX"),
        refused(
            b -> b.fit(PictureFit.CENTER_CROP).shorterSide(8),
            "shorterSide is 8, expected 9 or more to cut out 8 x 9"),
        refused(b -> b.mean(1, 2, 3), "mean has 3 numbers, expected 1 or 1 for channels GRAY"),
        refused(
            b -> b.channelOrder(ChannelOrder.RGB).std(1, 2),
            "std has 2 numbers, expected 1 or 3 for channels RGB"),
        refused(
            b -> b.elementType(ElementType.UINT8),
            "rescale, mean or std is set for elementType uint8, which takes codes as they are"),
        refused(
            b -> b.elementType(ElementType.INT8), "elementType is int8, expected float or uint8"),
        refused(b -> b.rescale(Double.NaN), "rescale is NaN, expected a finite number"),
        refused(b -> b.mean(Float.NaN), "mean is [NaN], expected finite numbers"),
        refused(b -> b.mean(), "mean is empty, expected one number per channel"),
        refused(b -> b.std(1, 0, 1), "std is 0, expected another number to divide by"),
        refused(b -> b.padding(256), "padding is 256, expected 0 to 255"),
        refused(b -> b.size(0, 1), "height is 0, expected 1 or more"),
        refused(b -> b.batchSize(0), "batchSize is 0, expected 1 or more"),
        refused(b -> b.decoders(0), "decoders is 0, expected 1 or more"));
  }

  private static Arguments refused(UnaryOperator<PictureSource.Builder> options, String message) {
    return Arguments.of(options, message);
  }

  private static byte[] half(byte[] file) {
    return Arrays.copyOf(file, file.length / 2);
  }

  /** Returns the signature and header of a PNG that claims to be of a size, and nothing more. */
  private static byte[] pngHeader(int width, int height) {
    byte[] file = bytes(noise(1, 1, BufferedImage.TYPE_INT_RGB, 1), "png");
    ByteBuffer header = ByteBuffer.wrap(file);
    header.putInt(16, width).putInt(20, height);
    CRC32 checksum = new CRC32();
    checksum.update(file, 12, 17);
    header.putInt(29, (int) checksum.getValue());
    return file;
  }
}
