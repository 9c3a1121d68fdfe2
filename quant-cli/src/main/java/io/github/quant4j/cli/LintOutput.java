/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.quant4j.onnx.lint.LintReport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/**
 * What {@code quant lint} shows of a model. The JSON forms are those of the library, written like
 * those of the other commands.
 *
 * @param files the files
 * @param report the findings
 * @param format the form to print
 * @param mostPerDefect the number of findings of one kind that the text shows
 */
record LintOutput(ModelFiles files, LintReport report, LintFormat format, int mostPerDefect)
    implements Report {

  /** Prints the form asked for. */
  void print(CommandStreams streams) {
    print(streams, format != LintFormat.TEXT);
  }

  @Override
  public void writeText(TextLines text) {
    files.writeText(text, "model", "");
    text.addAll(report.toText(mostPerDefect));
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    if (format == LintFormat.SARIF) {
      copy(json, report.toSarif(uri()));
    } else {
      json.writeStringField("command", "lint");
      files.writeJson(json, "model");
      copy(json, report.toJson());
    }
  }

  /**
   * Where the model is, seen from where the command runs, so that reports are the same anywhere.
   */
  private URI uri() {
    return Path.of("")
        .toUri()
        .relativize(files.model().file().toAbsolutePath().normalize().toUri());
  }

  private static void copy(JsonGenerator json, String object) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(object)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        json.copyCurrentStructure(parser);
      }
    }
  }
}
