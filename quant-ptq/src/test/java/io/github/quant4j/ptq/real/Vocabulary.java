/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/** The table of tokens in a {@code tokenizer.json}. */
final class Vocabulary {
  private static final String FIELD = "vocab";

  private Vocabulary() {}

  /** Reads the object {@code vocab}, wherever it is: token to id. */
  static Map<String, Integer> read(InputStream json) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME && parser.currentName().equals(FIELD)) {
          parser.nextToken();
          return entries(parser);
        }
      }
    }
    throw new IOException("no field \"" + FIELD + "\" in the tokenizer");
  }

  private static Map<String, Integer> entries(JsonParser parser) throws IOException {
    Map<String, Integer> ids = new HashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String token = parser.currentName();
      ids.put(token, parser.nextIntValue(-1));
    }
    return ids;
  }
}
