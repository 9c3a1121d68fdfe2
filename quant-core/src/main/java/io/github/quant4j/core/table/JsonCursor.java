/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A walk through a JSON text in which every surprise is a {@link TableFormatException} with its
 * place. It stands on one token at a time.
 *
 * <p>Bounds: 1 GiB of text, nesting of 16, texts of 65,535 characters, numbers of 100 characters,
 * no name twice in an object. Not thread-safe; the caller closes the stream.
 */
final class JsonCursor implements Closeable {

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(1L << 30)
                  .maxNestingDepth(16)
                  .maxNameLength(4 * TableText.MAXIMUM_LENGTH)
                  .maxStringLength(TableText.MAXIMUM_LENGTH)
                  .maxNumberLength(100)
                  .build())
          .build();

  private final JsonParser parser;
  private final TableOrigin origin;

  private JsonCursor(JsonParser parser, TableOrigin origin) {
    this.parser = parser;
    this.origin = origin;
  }

  /** Returns a cursor on the first token of a stream. */
  static JsonCursor open(InputStream in, TableOrigin origin) throws IOException {
    JsonCursor cursor = new JsonCursor(FACTORY.createParser(in), origin);
    cursor.advance();
    return cursor;
  }

  /** Returns whether the cursor is on the start of an object. */
  boolean isObject() {
    return parser.hasToken(JsonToken.START_OBJECT);
  }

  /** Returns whether the cursor is on the start of an array. */
  boolean isArray() {
    return parser.hasToken(JsonToken.START_ARRAY);
  }

  /** Returns whether the cursor is on a text. */
  boolean isText() {
    return parser.hasToken(JsonToken.VALUE_STRING);
  }

  void requireObject() {
    require(isObject(), "an object");
  }

  void requireArray() {
    require(isArray(), "an array");
  }

  /** Moves to the value of the next field of an object, or to the end of the object. */
  boolean nextField() throws IOException {
    if (advance() == JsonToken.END_OBJECT) {
      return false;
    }
    advance();
    return true;
  }

  /** Moves to the next element of an array, or to the end of the array. */
  boolean nextElement() throws IOException {
    return advance() != JsonToken.END_ARRAY;
  }

  /** Returns the name of the field whose value the cursor is on. */
  String field() throws IOException {
    return parser.currentName();
  }

  /** Moves to the end of the value. */
  void skip() throws IOException {
    try {
      parser.skipChildren();
    } catch (JsonProcessingException e) {
      throw located(e);
    }
    require(parser.currentToken() != null, "the end of the value");
  }

  /** Checks that nothing follows. */
  void requireEnd() throws IOException {
    if (advance() != null) {
      throw malformed("found more after the end, expected one value");
    }
  }

  String text() throws IOException {
    require(isText(), "a text");
    return token();
  }

  /** Returns the nearest float32, which has to be finite. */
  float number() throws IOException {
    require(parser.currentToken().isNumeric(), "a number");
    float number = Float.parseFloat(token());
    if (!Float.isFinite(number)) {
      throw malformed("found " + token() + ", expected a number that float32 can hold");
    }
    return number;
  }

  long integer() throws IOException {
    require(parser.hasToken(JsonToken.VALUE_NUMBER_INT), "an integer");
    try {
      return parser.getLongValue();
    } catch (JsonProcessingException e) {
      throw located(
          parser.currentTokenLocation(),
          withPlace("found " + token() + ", expected an integer of 64 bits"),
          e);
    }
  }

  /** Returns a value that the text must have had before the current object ended. */
  <T> T required(@Nullable T value, String field) {
    if (value == null) {
      throw malformed("object has no field '" + field + "'");
    }
    return value;
  }

  /** Returns what is made of the values read, or the reason why it can't be as a failure here. */
  <T> T checked(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw located(parser.currentTokenLocation(), withPlace(String.valueOf(e.getMessage())), e);
    }
  }

  /** Does a check, and reports what it refuses as a failure here. */
  void check(Runnable check) {
    checked(
        () -> {
          check.run();
          return origin;
        });
  }

  TableFormatException unknownField(String expected) throws IOException {
    return malformed(
        "field %s is unknown, expected %s".formatted(TableText.quoted(field()), expected));
  }

  /** Returns a failure at the current token. */
  TableFormatException malformed(String problem) {
    JsonLocation location = parser.currentTokenLocation();
    return new TableFormatException(origin, line(location), column(location), withPlace(problem));
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  private @Nullable JsonToken advance() throws IOException {
    try {
      return parser.nextToken();
    } catch (JsonProcessingException e) {
      throw located(e);
    }
  }

  private String token() throws IOException {
    try {
      return parser.getText();
    } catch (JsonProcessingException e) {
      throw located(e);
    }
  }

  private void require(boolean holds, String expected) {
    if (!holds) {
      throw malformed("found " + found(parser.currentToken()) + ", expected " + expected);
    }
  }

  private static String found(@Nullable JsonToken token) {
    if (token == null) {
      return "the end";
    }
    String symbol = token.asString();
    if (symbol != null) {
      return "'" + symbol + "'";
    }
    return switch (token) {
      case VALUE_NUMBER_INT -> "an integer";
      case VALUE_NUMBER_FLOAT -> "a number";
      default -> "a text";
    };
  }

  private String withPlace(String problem) {
    String place = parser.getParsingContext().pathAsPointer().toString();
    return place.isEmpty() ? problem : "at " + TableText.quoted(place) + " " + problem;
  }

  private TableFormatException located(JsonProcessingException cause) {
    JsonLocation location = cause.getLocation();
    return located(
        location == null ? parser.currentLocation() : location,
        "text can't be read as JSON: " + TableText.oneLine(cause.getOriginalMessage()),
        cause);
  }

  private TableFormatException located(JsonLocation location, String problem, Exception cause) {
    return new TableFormatException(origin, line(location), column(location), problem, cause);
  }

  private static int line(JsonLocation location) {
    return Math.max(1, location.getLineNr());
  }

  private static int column(JsonLocation location) {
    return Math.max(1, location.getColumnNr());
  }
}
