/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compares scaled pictures with those of Pillow 12.3.0, which made the expected green codes:
 *
 * <pre>
 * p = [[[(x*x*3 + y*7 + x*y*c + c*50) % 256 for c in range(3)] for x in range(47)] for y in range(30)]
 * im = Image.fromarray(numpy.array(p, numpy.uint8))
 * stretch  im.resize((w, h), f)                    f = NEAREST, BOX, BILINEAR, BICUBIC
 * crop     r = im.resize((s * 47 // 30, s), f)     s = shorter side, or h
 *          l, t = round((r.width - w) / 2), round((r.height - h) / 2); r.crop((l, t, l + w, t + h))
 * letter   r = Image.new("RGB", (w, h), (114,) * 3); q = im.resize((w, round(30 * w / 47)), f)
 *          r.paste(q, (0, (h - q.height) // 2))
 * codes    numpy.asarray(r)[:, :, 1].tobytes().hex()
 * </pre>
 */
class PillowTest {

  @ParameterizedTest
  @CsvSource({
    "STRETCH, NEAREST, 0, 3, 5, 99e7fbf5d307b9277bbd758b5301a7",
    "CENTER_CROP, NEAREST, 8, 3, 4, 6d59a551cdc925e1151d854d",
    "CENTER_CROP, NEAREST, 0, 5, 3, 77bf2d01730b8b27e915dbc79f8fa5",
    "LETTERBOX, NEAREST, 0, 5, 4, 72727272b90dc1d531fd29b5a9ed919572727272",
    "STRETCH, AREA, 0, 3, 5, 7a82807c798d807982838182837b83",
    "CENTER_CROP, AREA, 8, 3, 4, 7f946e7a7f68827781826d85",
    "CENTER_CROP, AREA, 0, 5, 3, 84857c7c767e80738189837e7b867a",
    "LETTERBOX, AREA, 0, 5, 4, 727272727e81797c887f827f80857a8272727272",
    "STRETCH, BILINEAR, 0, 3, 5, 82807e7c7c87807c80848082817d80",
    "CENTER_CROP, BILINEAR, 8, 3, 4, 7d797b7a857a757881757e82",
    "CENTER_CROP, BILINEAR, 0, 5, 3, 8081797e7b7a82797f84817f80817e",
    "LETTERBOX, BILINEAR, 0, 5, 4, 72727272817f7c7c857f7e8481827f7f72727272",
    "STRETCH, BICUBIC, 0, 3, 5, 81817d7b7b89807b81857f81827d80",
    "CENTER_CROP, BICUBIC, 8, 3, 4, 7d7a797c8479777582757b86",
    "CENTER_CROP, BICUBIC, 0, 5, 3, 81827a7e797983778085817f80827c",
    "LETTERBOX, BICUBIC, 0, 5, 4, 7272727280807b7b877e7e8580827f7f72727272",
  })
  void scale_smallerSize_givesTheCodesOfPillow(
      PictureFit fit,
      Interpolation interpolation,
      int shorterSide,
      int height,
      int width,
      String expected) {
    PictureFrame frame = new PictureFrame(height, width, fit, shorterSide);
    byte[] codes = new PictureScaler(frame, interpolation, 114, false).scale(new Formula());

    byte[] green = new byte[codes.length / 3];
    for (int i = 0; i < green.length; i++) {
      green[i] = codes[3 * i + 1];
    }
    assertThat(HexFormat.of().formatHex(green)).isEqualTo(expected);
  }

  /** The numbers are {@code zlib.crc32(im.resize((20, 64), f).tobytes())}. */
  @ParameterizedTest
  @CsvSource({
    "NEAREST, e3a89529",
    "AREA, 2ba7ebce",
    "BILINEAR, 9a6aef2e",
    "BICUBIC, 078efd97",
  })
  void scale_oneAxisLarger_givesTheCodesOfPillow(Interpolation interpolation, String expected) {
    PictureFrame frame = new PictureFrame(64, 20, PictureFit.STRETCH, 0);
    CRC32 checksum = new CRC32();
    checksum.update(new PictureScaler(frame, interpolation, 0, false).scale(new Formula()));

    assertThat("%08x".formatted(checksum.getValue())).isEqualTo(expected);
  }

  /** The codes are those of {@code im.convert("L").resize((5, 3), BILINEAR)}. */
  @Test
  void scale_gray_scalesTheLumaOfPillow() {
    PictureFrame frame = new PictureFrame(3, 5, PictureFit.STRETCH, 0);
    byte[] codes = new PictureScaler(frame, Interpolation.BILINEAR, 0, true).scale(new Formula());

    assertThat(HexFormat.of().formatHex(codes)).isEqualTo("7a7f807c89867f7b7f768681847f7a");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 1000", "1000, 1", "8, 8"})
  void scale_oneColor_staysThatColor(int width, int height) {
    for (PictureFit fit : PictureFit.values()) {
      for (Interpolation interpolation : Interpolation.values()) {
        PictureScaler scaler =
            new PictureScaler(new PictureFrame(8, 8, fit, 0), interpolation, 77, false);

        assertThat(scaler.scale(new Plain(width, height)))
            .as("%s %s", fit, interpolation)
            .hasSize(192)
            .containsOnly(77);
      }
    }
  }

  @Test
  void scale_veryWideToTheMiddle_readsItOnce() {
    PictureFrame frame = new PictureFrame(4, 4, PictureFit.CENTER_CROP, 0);
    byte[] codes =
        new PictureScaler(frame, Interpolation.BICUBIC, 0, true).scale(new Plain(1 << 20, 1));

    assertThat(codes).hasSize(16).containsOnly(77);
  }

  /** A picture of 47 x 30 pixels that a formula gives. */
  private static final class Formula implements PixelRows {

    @Override
    public int width() {
      return 47;
    }

    @Override
    public int height() {
      return 30;
    }

    @Override
    public void read(int row, byte[] rgb) {
      for (int x = 0; x < width(); x++) {
        for (int channel = 0; channel < 3; channel++) {
          int code = x * x * 3 + row * 7 + x * row * channel + channel * 50;
          rgb[3 * x + channel] = (byte) code;
        }
      }
    }
  }

  /** A picture of one color. */
  private record Plain(int width, int height) implements PixelRows {

    @Override
    public void read(int row, byte[] rgb) {
      Arrays.fill(rgb, (byte) 77);
    }
  }
}
