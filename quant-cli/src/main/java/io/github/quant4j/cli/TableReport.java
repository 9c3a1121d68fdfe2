/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code quant table} did.
 *
 * @param command the command, of two words
 * @param inputs the tables read
 * @param written the table written, with what its form cannot hold
 */
record TableReport(String command, List<TableFile> inputs, TableFile written) implements Report {

  @Override
  public void writeText(TextLines text) {
    inputs.forEach(read -> text.add("table", read.text()));
    text.add("written", written.text());
    TableContents contents = new TableContents(written.table());
    contents.writeOrigin(text);
    contents.writeCount(text);
    notes().forEach(note -> text.add("note", note));
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("command", command);
    json.writeArrayFieldStart("inputs");
    for (TableFile read : inputs) {
      json.writeStartObject();
      read.file().writeFields(json);
      json.writeStringField("format", ChoiceConverter.word(read.format()));
      json.writeEndObject();
    }
    json.writeEndArray();
    written.file().writeJson(json, "output");
    json.writeStringField("format", ChoiceConverter.word(written.format()));
    new TableContents(written.table()).writeJson(json);
    JsonText.writeTexts(json, "notes", notes());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    inputs.forEach(read -> read.losses().forEach(loss -> notes.add("read: " + loss)));
    written.losses().forEach(loss -> notes.add("written: " + loss));
    return notes;
  }
}
