/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a UTF-8 text that end with LF or CRLF, one at a time; the last needs no end.
 *
 * <p>A line of more than {@link #MAXIMUM_BYTES} is malformed, so memory is bounded. Not
 * thread-safe; the caller closes the stream.
 */
final class TextLines {

  /** The longest line: the longest name in UTF-8 and room for its value. */
  static final int MAXIMUM_BYTES = 4 * (TableText.MAXIMUM_LENGTH + 1);

  private final InputStream in;
  private final TableOrigin origin;
  private int number;

  TextLines(InputStream in, TableOrigin origin) {
    this.in = new BufferedInputStream(in);
    this.origin = origin;
  }

  /** Returns the next line without its end, or null after the last. */
  @Nullable String next() throws IOException {
    int value = in.read();
    if (value < 0) {
      return null;
    }
    number++;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (; value >= 0 && value != '\n'; value = in.read()) {
      if (line.size() == MAXIMUM_BYTES) {
        throw malformed(line.size(), "line goes on, expected at most " + MAXIMUM_BYTES + " bytes");
      }
      line.write(value);
    }
    String text = decoded(line.toByteArray());
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /** Returns the next line that is not blank, or null after the last. */
  @Nullable String nextWithText() throws IOException {
    String line = next();
    while (line != null && line.isBlank()) {
      line = next();
    }
    return line;
  }

  /** Returns a failure at a byte of the line, from 0. */
  TableFormatException malformed(int index, String problem) {
    return new TableFormatException(origin, Math.max(1, number), index + 1, problem);
  }

  /** Returns a failure of the whole line. */
  TableFormatException malformed(IllegalArgumentException cause) {
    return new TableFormatException(
        origin, Math.max(1, number), 1, String.valueOf(cause.getMessage()), cause);
  }

  /** Returns a failure at a character of the line, from 0. */
  TableFormatException malformed(String line, int index, String problem) {
    return malformed(line.substring(0, index).getBytes(StandardCharsets.UTF_8).length, problem);
  }

  private String decoded(byte[] line) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(line);
    CharBuffer text = CharBuffer.allocate(line.length);
    CoderResult result = decoder.decode(bytes, text, true);
    if (result.isError()) {
      throw malformed(bytes.position(), "bytes are not UTF-8, expected text in UTF-8");
    }
    return text.flip().toString();
  }
}
