/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import java.awt.image.Raster;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads picture files with the readers of ImageIO, chosen by content. Immutable and thread-safe.
 *
 * <p>Raw JPEG channels are asked for, so that an embedded colour profile changes nothing and inks
 * can be read; everything else goes through {@link ImageRows}.
 */
final class PictureDecoder {

  private static final int LONGEST_SIDE = 1 << 20; // bounds the filter of a side
  private static final byte[] JPEG_START = {(byte) 0xff, (byte) 0xd8};

  private final long pixelLimit;

  PictureDecoder(long pixelLimit) {
    this.pixelLimit = pixelLimit;
  }

  /** Returns the types that the readers of this JVM know, as suffixes in lower case. */
  static SortedSet<String> suffixes() {
    SortedSet<String> suffixes = new TreeSet<>();
    for (String suffix : ImageIO.getReaderFileSuffixes()) {
      suffixes.add(suffix.toLowerCase(Locale.ROOT));
    }
    suffixes.remove("");
    return suffixes;
  }

  /**
   * Reads the first picture of a file.
   *
   * @throws IOException if the file cannot be opened
   * @throws UndecodableException if it holds no whole picture that can be read
   */
  PixelRows decode(Path path) throws IOException, UndecodableException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path));
        WatchedStream stream = new WatchedStream(in)) {
      return decode(stream);
    }
  }

  private PixelRows decode(WatchedStream stream) throws UndecodableException {
    try {
      JpegColor color = jpegColor(stream);
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new UndecodableException(
            "it does not begin as a picture of a type that can be read, which are " + suffixes());
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        requireSize(reader.getWidth(0), reader.getHeight(0));
        return color == null ? ImageRows.of(reader.read(0)) : jpegRows(reader, color, stream);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) { // readers throw both on damaged files
      throw new UndecodableException(reason(e), e);
    }
  }

  private static JpegRows jpegRows(ImageReader reader, JpegColor color, WatchedStream stream)
      throws IOException, UndecodableException {
    Raster raster = reader.readRaster(0, null);
    if (stream.isEndPassed) { // the reader fills up with gray
      throw new UndecodableException("it ends early, the file is truncated");
    }
    if (raster.getNumBands() != color.channelCount()) {
      throw new UndecodableException(
          "%s channels were decoded, expected %s"
              .formatted(raster.getNumBands(), color.channelCount()));
    }
    return new JpegRows(raster, color);
  }

  private static @Nullable JpegColor jpegColor(ImageInputStream stream)
      throws IOException, UndecodableException {
    if (stream.read() < 0) {
      throw new UndecodableException("the file is empty");
    }
    stream.seek(0);
    JpegColor color = null;
    byte[] start = new byte[Short.BYTES];
    if (stream.read(start) == start.length && Arrays.equals(start, JPEG_START)) {
      stream.seek(0);
      color = JpegColor.read(stream);
    }
    stream.seek(0);
    return color;
  }

  private void requireSize(int width, int height) throws UndecodableException {
    if ((long) width * height > pixelLimit) {
      throw new UndecodableException(
          "it is %s x %s pixels, expected at most %s pixels; raise pixelLimit to read it"
              .formatted(width, height, pixelLimit));
    }
    if (Math.max(width, height) > LONGEST_SIDE) {
      throw new UndecodableException(
          "it is %s x %s pixels, expected sides of at most %s"
              .formatted(width, height, LONGEST_SIDE));
    }
  }

  private static String reason(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof EOFException) {
        return "it ends early, the file is truncated or damaged";
      }
    }
    String message = failure.getMessage();
    return "the file is damaged or of an unknown variant: "
        + (message == null
            ? failure.getClass().getSimpleName()
            : message.lines().findFirst().orElse(""));
  }

  /** Keeps what was read in memory and notes when the reader wanted more than there was. */
  private static final class WatchedStream extends MemoryCacheImageInputStream {

    private boolean isEndPassed;

    WatchedStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      isEndPassed |= value < 0;
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      isEndPassed |= count < 0;
      return count;
    }
  }
}
