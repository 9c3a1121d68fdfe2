/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import java.io.IOException;
import java.util.Arrays;
import javax.imageio.stream.ImageInputStream;

/**
 * What the channels of a JPEG stand for, which its markers tell as libjpeg reads them. ImageIO has
 * a rule of its own, so its channels are taken raw.
 *
 * <p>Source: ITU-T T.81 (1992) and T.871 (2011, JFIF); Adobe Technical Note 5116 (1992), section
 * 18.
 */
enum JpegColor {
  GRAY,
  RGB,
  YCBCR,
  CMYK,
  YCCK;

  private static final int APPLICATION_0 = 0xe0;
  private static final int APPLICATION_14 = 0xee;
  private static final int START_OF_SCAN = 0xda;
  private static final byte[] JFIF = {'J', 'F', 'I', 'F', 0};
  private static final byte[] ADOBE = {'A', 'd', 'o', 'b', 'e'};
  private static final int ADOBE_TRANSFORM = 11;
  private static final int FRAME_HEADER_LENGTH = 6;

  /** Reads the markers up to the first scan and leaves the stream somewhere behind them. */
  static JpegColor read(ImageInputStream in) throws IOException, UndecodableException {
    Markers markers = new Markers();
    in.readUnsignedShort(); // start of image
    for (int marker = nextMarker(in); marker != START_OF_SCAN; marker = nextMarker(in)) {
      int length = in.readUnsignedShort() - Short.BYTES;
      if (length < 0) {
        throw new UndecodableException("a JPEG marker has a length below 2");
      }
      byte[] segment = new byte[length];
      in.readFully(segment);
      markers.add(marker, segment);
    }
    return markers.color();
  }

  /** Returns the number of channels. */
  int channelCount() {
    return switch (this) {
      case GRAY -> 1;
      case RGB, YCBCR -> 3;
      case CMYK, YCCK -> 4;
    };
  }

  private static int nextMarker(ImageInputStream in) throws IOException {
    int value = in.readUnsignedByte();
    while (value != 0xff) {
      value = in.readUnsignedByte();
    }
    while (value == 0xff) {
      value = in.readUnsignedByte();
    }
    return value;
  }

  /** The facts that decide. */
  private static final class Markers {

    private boolean hasJfif;
    private int adobeTransform = -1;
    private byte[] components = {};

    void add(int marker, byte[] segment) {
      if (marker == APPLICATION_0 && startsWith(segment, JFIF)) {
        hasJfif = true;
      } else if (marker == APPLICATION_14
          && startsWith(segment, ADOBE)
          && segment.length > ADOBE_TRANSFORM) {
        adobeTransform = segment[ADOBE_TRANSFORM];
      } else if (isStartOfFrame(marker) && segment.length >= FRAME_HEADER_LENGTH) {
        int count = Math.min(segment[5] & 0xff, (segment.length - FRAME_HEADER_LENGTH) / 3);
        components = new byte[count];
        for (int i = 0; i < count; i++) {
          components[i] = segment[FRAME_HEADER_LENGTH + 3 * i];
        }
      }
    }

    JpegColor color() throws UndecodableException {
      return switch (components.length) {
        case 1 -> GRAY;
        case 3 -> isRgb() ? RGB : YCBCR;
        case 4 -> adobeTransform == 2 ? YCCK : CMYK;
        default ->
            throw new UndecodableException(
                "the JPEG has " + components.length + " channels, expected 1, 3 or 4");
      };
    }

    private boolean isRgb() {
      if (hasJfif) {
        return false;
      }
      return adobeTransform < 0
          ? Arrays.equals(components, new byte[] {'R', 'G', 'B'})
          : adobeTransform == 0;
    }

    private static boolean isStartOfFrame(int marker) {
      return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private static boolean startsWith(byte[] segment, byte[] start) {
      return segment.length >= start.length
          && Arrays.equals(segment, 0, start.length, start, 0, start.length);
    }
  }
}
