/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import static io.github.quant4j.calibration.source.picture.TestPictures.bytes;
import static io.github.quant4j.calibration.source.picture.TestPictures.codes;
import static io.github.quant4j.calibration.source.picture.TestPictures.floats;
import static io.github.quant4j.calibration.source.picture.TestPictures.noise;
import static io.github.quant4j.calibration.source.picture.TestPictures.numbered;
import static io.github.quant4j.calibration.source.picture.TestPictures.write;
import static io.github.quant4j.calibration.source.picture.TestPictures.writeNumbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PictureSourceTest {

  private final Path folder;

  PictureSourceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void next_folder_givesBatchesSortedByName() throws IOException {
    writeNumbered(folder, 5);
    Files.writeString(folder.resolve("labels.txt"), "no picture");
    Files.writeString(folder.resolve("._00.png"), "what another system left");
    Files.createDirectory(folder.resolve("folder.png"));
    Files.move(folder.resolve("04.png"), folder.resolve("04.PNG"));
    try (PictureSource source = numbered(folder).batchSize(2).open()) {
      assertThat(source.sampleCount()).hasValue(5);
      assertThat(source.next()).get().hasToString("{x=float[2, 1, 1, 1]}");
      assertThat(floats(source.next().orElseThrow())).containsExactly(2f, 3f);
      assertThat(floats(source.next().orElseThrow())).containsExactly(4f);
      assertThat(source.next()).isEmpty();
      assertThat(source.next()).isEmpty();
    }
  }

  @Test
  void next_recursive_sortsByPathWithinTheFolder() throws IOException {
    writeNumbered(folder, 4);
    move("00.png", "b/0.png");
    move("01.png", "a/c/1.png");
    move("02.png", "a/2.png");
    try (PictureSource source = numbered(folder).recursive(true).open();
        PictureSource flat = numbered(folder).open()) {
      assertThat(codes(source)).containsExactly(3, 2, 1, 0);
      assertThat(codes(flat)).containsExactly(3);
    }
  }

  @Test
  void next_listedFiles_keepsTheirOrderWhateverTheSuffix() throws IOException {
    writeNumbered(folder, 2);
    Path unnamed = Files.move(folder.resolve("01.png"), folder.resolve("picture"));
    List<Path> files = List.of(unnamed, folder.resolve("00.png"), unnamed);
    try (PictureSource source =
        PictureSource.builder(files).inputName("x").size(1, 1).rescale(1).open()) {
      assertThat(floats(source.next().orElseThrow()))
          .containsExactly(1f, 1f, 1f, 0f, 0f, 0f, 1f, 1f, 1f);
    }
  }

  /**
   * The order is computed by hand from what the JDK documents of Random and Collections.shuffle.
   */
  @Test
  void next_shuffled_drawsFromAllBeforeTheLimit() throws IOException {
    writeNumbered(folder, 10);
    try (PictureSource all = numbered(folder).shuffled(1).open();
        PictureSource limited = numbered(folder).shuffled(1).sampleLimit(4).open()) {
      assertThat(codes(all)).containsExactly(6, 9, 7, 8, 4, 2, 0, 3, 1, 5);
      assertThat(limited.sampleCount()).hasValue(4);
      assertThat(codes(limited)).containsExactly(6, 9, 7, 8);
    }
  }

  @Test
  void next_anyDecodersAndBatchSize_givesTheSameSamples() throws IOException {
    for (int i = 0; i < 12; i++) { // the first ones take longest
      int side = i < 3 ? 300 : 5;
      write(folder.resolve("%02d.png".formatted(i)), noise(side, side, 1, i));
    }
    List<Float> expected = all(builder(folder).decoders(1).batchSize(12));
    for (int decoders : new int[] {2, 5}) {
      for (int batchSize : new int[] {1, 5}) {
        assertThat(all(builder(folder).decoders(decoders).batchSize(batchSize)))
            .as("%s decoders, batch size %s", decoders, batchSize)
            .isEqualTo(expected);
      }
    }
  }

  /** The files behind a batch ahead are gone, and that is not noticed before their turn. */
  @Test
  void next_decodesOneBatchAhead() throws Exception {
    writeNumbered(folder, 9);
    try (PictureSource source =
        numbered(folder).batchSize(3).decoders(1).onUndecodable(UndecodablePolicy.SKIP).open()) {
      source.next();
      while (decoders().stream().anyMatch(PictureSourceTest::isBusy)) {
        Thread.sleep(1);
      }
      for (int i = 6; i < 9; i++) {
        Files.delete(folder.resolve("%02d.png".formatted(i)));
      }
      assertThat(floats(source.next().orElseThrow())).containsExactly(3f, 4f, 5f);
      assertThatExceptionOfType(NoSuchFileException.class)
          .isThrownBy(source::next)
          .withMessageContaining("06.png");
    }
  }

  @Test
  void rewind_withinAndAtTheEnd_startsOver() throws IOException {
    writeNumbered(folder, 5);
    try (PictureSource source = numbered(folder).batchSize(2).open()) {
      source.next();
      source.rewind();
      assertThat(source.isRewindable()).isTrue();
      assertThat(codes(source)).containsExactly(0, 1, 2, 3, 4);
      source.rewind();
      assertThat(codes(source)).containsExactly(0, 1, 2, 3, 4);
    }
  }

  @Test
  void skip_passesOverFilesWithoutOpeningThem() throws IOException {
    writeNumbered(folder, 9);
    try (PictureSource source = numbered(folder).batchSize(2).sampleLimit(8).open()) {
      for (int i = 0; i < 3; i++) {
        Files.writeString(folder.resolve("0" + i + ".png"), "no picture");
      }
      assertThat(source.skip(3)).isEqualTo(3);
      assertThat(floats(source.next().orElseThrow())).containsExactly(3f, 4f);
      assertThat(source.skip(0)).isZero();
      assertThat(source.skip(1)).isEqualTo(1);
      assertThat(floats(source.next().orElseThrow())).containsExactly(6f, 7f);
      assertThat(source.skip(2)).isZero();
      assertThat(source.next()).isEmpty();
      assertThatIllegalArgumentException().isThrownBy(() -> source.skip(-1));
    }
  }

  @Test
  void skip_whereUndecodableFilesAreSkipped_passesNone() throws IOException {
    writeNumbered(folder, 2);
    try (PictureSource source = numbered(folder).onUndecodable(UndecodablePolicy.SKIP).open()) {
      assertThat(source.skip(1)).isZero();
      assertThat(codes(source)).containsExactly(0, 1);
    }
  }

  @Test
  void next_interrupted_failsAndLosesNoSample() throws IOException {
    writeNumbered(folder, 3);
    try (PictureSource source = numbered(folder).batchSize(2).open()) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedIOException.class)
          .isThrownBy(source::next)
          .withMessage("interrupted while waiting for picture '%s'", folder.resolve("00.png"));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(codes(source)).containsExactly(0, 1, 2);
    }
  }

  @Test
  void close_whileDecoding_endsTheThreads() throws Exception {
    writeNumbered(folder, 1);
    byte[] large = bytes(new BufferedImage(1500, 1500, BufferedImage.TYPE_BYTE_GRAY), "png");
    for (int i = 1; i < 8; i++) {
      Files.write(folder.resolve(i + ".png"), large);
    }
    PictureSource source = numbered(folder).batchSize(1).decoders(3).open();
    source.next();
    List<Thread> decoders = decoders();
    source.close();
    source.close();

    assertThat(decoders).isNotEmpty();
    for (Thread decoder : decoders) {
      decoder.join(1000); // it has left the pool and may be about to end
      assertThat(decoder.isAlive()).isFalse();
    }
    assertThatIllegalStateException().isThrownBy(source::next).withMessage("source is closed");
    assertThatIllegalStateException().isThrownBy(source::rewind);
    assertThatIllegalStateException().isThrownBy(() -> source.skip(1));
  }

  /** Computes every element in float64 from the stored codes. */
  @ParameterizedTest
  @EnumSource(PictureLayout.class)
  void next_normalized_givesTheFormulaPerChannel(PictureLayout layout) throws IOException {
    BufferedImage image = noise(3, 2, BufferedImage.TYPE_3BYTE_BGR, 1);
    write(folder.resolve("a.png"), image);
    float[] mean = {0.485f, 0.456f, 0.406f};
    float[] std = {0.229f, 0.224f, 0.225f};
    try (PictureSource source =
        builder(folder)
            .size(2, 3)
            .layout(layout)
            .channelOrder(ChannelOrder.BGR)
            .mean(mean)
            .std(std)
            .open()) {
      TensorBatch batch = source.next().orElseThrow();
      List<Float> values = floats(batch);

      boolean isPlanar = layout == PictureLayout.NCHW;
      assertThat(batch).hasToString(isPlanar ? "{x=float[1, 3, 2, 3]}" : "{x=float[1, 2, 3, 3]}");
      for (int i = 0; i < 18; i++) {
        int channel = isPlanar ? i / 6 : i % 3;
        int pixel = isPlanar ? i % 6 : i / 3;
        int code = image.getRaster().getSample(pixel % 3, pixel / 3, 2 - channel);
        double expected = (code / 255.0 - mean[channel]) / std[channel];
        assertThat((double) values.get(i)).isCloseTo(expected, within(3.0 * Math.ulp(2.5f)));
      }
    }
  }

  /**
   * The bits are those of {@code torch.arange(256, dtype=torch.uint8).to(torch.float32).div(255)}
   * {@code .sub(0.485).div(0.229)} at the codes.
   */
  @Test
  void next_normalized_hasTheBitsOfTorchvision() throws IOException {
    BufferedImage image = new BufferedImage(5, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSamples(0, 0, 5, 1, 0, new int[] {0, 1, 77, 124, 255});
    write(folder.resolve("a.png"), image);
    try (PictureSource source =
        builder(folder)
            .size(1, 5)
            .channelOrder(ChannelOrder.GRAY)
            .mean(0.485f)
            .std(0.229f)
            .open()) {
      assertThat(floats(source.next().orElseThrow()))
          .extracting(Float::floatToIntBits)
          .containsExactly(-1073247299, -1073319125, -1085497655, 1001807534, 1074785821);
    }
  }

  @Test
  void next_uint8_givesTheCodes() throws IOException {
    BufferedImage image = noise(2, 1, BufferedImage.TYPE_INT_RGB, 2);
    write(folder.resolve("a.png"), image);
    try (PictureSource source =
        builder(folder)
            .size(1, 2)
            .layout(PictureLayout.NHWC)
            .elementType(ElementType.UINT8)
            .open()) {
      TensorBatch batch = source.next().orElseThrow();
      byte[] expected = new byte[6];
      for (int i = 0; i < 6; i++) {
        expected[i] = (byte) image.getRaster().getSample(i / 3, 0, i % 3);
      }
      assertThat(batch).hasToString("{x=uint8[1, 1, 2, 3]}");
      assertThat(batch.tensor("x").orElseThrow().bytes()).isEqualTo(ByteBuffer.wrap(expected));
    }
  }

  @Test
  void next_givesBuffersThatLaterBatchesLeaveAlone() throws IOException {
    writeNumbered(folder, 2);
    try (PictureSource source = numbered(folder).batchSize(1).open()) {
      TensorBatch first = source.next().orElseThrow();
      source.next();

      assertThat(floats(first)).containsExactly(0f);
    }
  }

  private void move(String from, String to) throws IOException {
    Path target = folder.resolve(to);
    Files.createDirectories(target.getParent());
    Files.move(folder.resolve(from), target);
  }

  private static PictureSource.Builder builder(Path folder) {
    return PictureSource.builder(folder).inputName("x").size(3, 3);
  }

  private static List<Float> all(PictureSource.Builder builder) throws IOException {
    List<Float> values = new ArrayList<>();
    try (PictureSource source = builder.open()) {
      for (var batch = source.next(); batch.isPresent(); batch = source.next()) {
        values.addAll(floats(batch.get()));
      }
    }
    return values;
  }

  private static boolean isBusy(Thread decoder) {
    return decoder.getState() != Thread.State.TIMED_WAITING; // for more to do
  }

  private static List<Thread> decoders() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("picture-decoder"))
        .toList();
  }
}
