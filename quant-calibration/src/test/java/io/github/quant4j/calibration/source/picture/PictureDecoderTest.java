/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import static io.github.quant4j.calibration.source.picture.TestPictures.bytes;
import static io.github.quant4j.calibration.source.picture.TestPictures.noise;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.ToIntBiFunction;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureDecoderTest {

  private static final int WIDTH = 13;
  private static final int HEIGHT = 9;

  /** Base64 of 4 x 2 pixels that Pillow saved by {@code im.convert("CMYK").save(f, "JPEG")}. */
  private static final String INKS =
      "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAbEhQXFBEbFxYXHhwbIChCKyglJShROj0wQmBVZWRfVV1baniZgWpxkHNb"
          + "XYW1hpCeo6utq2eAvMm6pseZqKuk/8AAFAgAAgAEBEMRAE0RAFkRAEsRAP/EABcAAAMBAAAAAAAAAAAA"
          + "AAAAAAIEBQb/xAAcEAEAAgIDAQAAAAAAAAAAAAABAAMCBAUhMXL/2gAOBEMATQBZAEsAAD8Ac4XJy42tVXv2"
          + "VtcCo6IOnsXuvit1i/TNNP/Z";

  private final Path folder;

  PictureDecoderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @CsvSource({
    "png, 1", "png, 2", "png, 5", "bmp, 1", "bmp, 5", "png, 6", "tif, 5", "bmp, 8", "bmp, 9"
  })
  void decode_color_givesTheStoredCodes(String format, int imageType) throws Exception {
    BufferedImage image = noise(WIDTH, HEIGHT, imageType, 1);
    int[] bits = image.getColorModel().getComponentSize();

    assertCodes(
        bytes(image, format), (at, channel) -> spread(sample(image, at, channel), bits[channel]));
  }

  /** AWT would lighten them: it takes such gray for linear light. */
  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tif"})
  void decode_gray_isReplicatedAsItIs(String format) throws Exception {
    BufferedImage image = noise(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY, 2);

    assertCodes(bytes(image, format), (at, channel) -> sample(image, at, 0));
  }

  @Test
  void decode_16Bits_keepsTheUpperEight() throws Exception {
    BufferedImage gray = noise(WIDTH, HEIGHT, BufferedImage.TYPE_USHORT_GRAY, 3);
    BufferedImage color = image(ColorSpace.CS_sRGB, DataBuffer.TYPE_USHORT, false);
    BufferedImage blended = image(ColorSpace.CS_sRGB, DataBuffer.TYPE_USHORT, true);

    assertCodes(bytes(gray, "png"), (at, channel) -> sample(gray, at, 0) >> 8);
    assertCodes(bytes(color, "png"), (at, channel) -> sample(color, at, channel) >> 8);
    assertCodes(bytes(blended, "png"), (at, channel) -> sample(blended, at, channel) >> 8);
  }

  @Test
  void decode_grayWithAlpha_dropsTheAlpha() throws Exception {
    BufferedImage image = image(ColorSpace.CS_GRAY, DataBuffer.TYPE_BYTE, true);

    assertCodes(bytes(image, "png"), (at, channel) -> sample(image, at, 0));
  }

  @ParameterizedTest
  @CsvSource({"1, png", "2, png", "4, png", "8, png", "8, bmp", "4, bmp", "8, gif", "1, tif"})
  void decode_palette_looksTheColorsUp(int bits, String format) throws Exception {
    byte[] colors = new byte[3 << bits];
    new Random(bits).nextBytes(colors);
    IndexColorModel palette = new IndexColorModel(bits, 1 << bits, colors, 0, false);
    int type = bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY;
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type, palette);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      image.getRaster().setSample(i % WIDTH, i / WIDTH, 0, i % (1 << bits));
    }

    assertCodes(
        bytes(image, format), (at, channel) -> colors[sample(image, at, 0) * 3 + channel] & 0xff);
  }

  /** Without a profile ImageIO converts the channels in libjpeg. */
  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_GRAY})
  void decode_jpeg_givesTheCodesOfLibjpeg(int imageType) throws Exception {
    byte[] file = bytes(noise(WIDTH, HEIGHT, imageType, 4), "jpg");
    BufferedImage expected = ImageIO.read(new ByteArrayInputStream(file));
    int bands = expected.getRaster().getNumBands();

    assertCodes(file, (at, channel) -> sample(expected, at, channel % bands));
  }

  /** As in Pillow; ImageIO would convert the colors. */
  @Test
  void decode_jpegWithProfile_ignoresTheProfile() throws Exception {
    byte[] file = bytes(noise(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB, 5), "jpg");
    BufferedImage expected = ImageIO.read(new ByteArrayInputStream(file));

    assertCodes(withProfile(file), (at, channel) -> sample(expected, at, channel));
  }

  /** The codes are those of {@code Image.open(f).convert("RGB")} of Pillow 12.3.0. */
  @ParameterizedTest
  @CsvSource({
    "0, 548cb7749ecbc1b5e1ebc7ec289b354fad4da6c46adbd57b",
    "2, 5ed69622cb56009600007a00ffaba7f89b607861002b3e00"
  })
  void decode_jpegOfInks_givesTheCodesOfPillow(int adobeTransform, String expected)
      throws Exception {
    byte[] file = Base64.getDecoder().decode(INKS);
    file[17] = (byte) adobeTransform;

    assertThat(HexFormat.of().formatHex(decode(file))).isEqualTo(expected);
  }

  /** Without the marker the ids of the components tell that they are Y, Cb and Cr. */
  @Test
  void decode_jpegWithoutMarkers_takesYCbCr() throws Exception {
    byte[] file = bytes(noise(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB, 6), "jpg");
    int jfifEnd = jfifEnd(file);
    byte[] bare = new byte[file.length - jfifEnd + 2];
    System.arraycopy(file, 0, bare, 0, 2);
    System.arraycopy(file, jfifEnd, bare, 2, file.length - jfifEnd);

    assertThat(decode(bare)).isEqualTo(decode(file));
  }

  @Test
  void decode_jpegOfRgbIds_takesThemAsTheyAre() throws Exception {
    byte[] file = bytes(noise(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB, 7), "jpg");
    int jfifEnd = jfifEnd(file);
    for (int i = jfifEnd; i < file.length - 8; i++) {
      boolean isFrame = file[i] == (byte) 0xff && file[i + 1] == (byte) 0xc0;
      boolean isScan = file[i] == (byte) 0xff && file[i + 1] == (byte) 0xda;
      for (int c = 0; (isFrame || isScan) && c < 3; c++) {
        file[i + (isFrame ? 10 + 3 * c : 5 + 2 * c)] = (byte) "RGB".charAt(c);
      }
    }
    file[2] = (byte) 0xff; // the JFIF marker becomes a comment
    file[3] = (byte) 0xfe;
    byte[] raw = rawChannels(file);

    assertThat(decode(file)).isEqualTo(raw);
  }

  private byte[] rawChannels(byte[] file) throws IOException {
    var reader = ImageIO.getImageReadersByFormatName("jpg").next();
    reader.setInput(ImageIO.createImageInputStream(new ByteArrayInputStream(file)));
    return (byte[]) reader.readRaster(0, null).getDataElements(0, 0, WIDTH, HEIGHT, (Object) null);
  }

  private void assertCodes(byte[] file, ToIntBiFunction<Integer, Integer> expected)
      throws Exception {
    byte[] codes = new byte[WIDTH * HEIGHT * 3];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) expected.applyAsInt(i / 3, i % 3);
    }
    assertThat(decode(file)).isEqualTo(codes);
  }

  private byte[] decode(byte[] file) throws IOException, UndecodableException {
    PixelRows rows = new PictureDecoder(1000).decode(Files.write(folder.resolve("picture"), file));
    byte[] codes = new byte[rows.width() * rows.height() * 3];
    byte[] row = new byte[rows.width() * 3];
    for (int y = 0; y < rows.height(); y++) {
      rows.read(y, row);
      System.arraycopy(row, 0, codes, y * row.length, row.length);
    }
    return codes;
  }

  private static int sample(BufferedImage image, int at, int band) {
    return image.getRaster().getSample(at % WIDTH, at / WIDTH, band);
  }

  private static int spread(int sample, int bits) {
    return Math.round(sample * 255f / ((1 << bits) - 1));
  }

  private static BufferedImage image(int space, int dataType, boolean hasAlpha) {
    ColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(space),
            hasAlpha,
            false,
            hasAlpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            dataType);
    BufferedImage image =
        new BufferedImage(model, model.createCompatibleWritableRaster(WIDTH, HEIGHT), false, null);
    Random random = new Random(8);
    int bound = 1 << model.getComponentSize(0);
    for (int i = 0; i < WIDTH * HEIGHT * model.getNumComponents(); i++) {
      int pixel = i / model.getNumComponents();
      image
          .getRaster()
          .setSample(
              pixel % WIDTH, pixel / WIDTH, i % model.getNumComponents(), random.nextInt(bound));
    }
    return image;
  }

  /** Returns where the first marker behind the JFIF one begins. */
  private static int jfifEnd(byte[] file) {
    return 4 + ByteBuffer.wrap(file).getShort(4);
  }

  /** Puts a profile of linear light behind the JFIF marker. */
  private static byte[] withProfile(byte[] file) throws IOException {
    byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    int jfifEnd = jfifEnd(file);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(file, 0, jfifEnd);
    out.writeShort(0xffe2);
    out.writeShort(2 + 14 + profile.length);
    out.writeBytes("ICC_PROFILE\0\1\1");
    out.write(profile);
    out.write(Arrays.copyOfRange(file, jfifEnd, file.length));
    return bytes.toByteArray();
  }
}
