/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.core.table.CalibrationTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code quant table} did.
 *
 * @param command the command, of two words
 * @param inputs the tables read
 * @param output the file written
 * @param format its form
 * @param table what was written, before the form cut it down
 * @param losses what the form cannot hold
 */
record TableReport(
    String command,
    List<TableFile> inputs,
    FileSize output,
    TableFormat format,
    CalibrationTable table,
    List<String> losses)
    implements Report {

  @Override
  public void writeText(TextLines text) {
    inputs.forEach(
        read -> text.add("table", read.file().text() + ", " + ChoiceConverter.word(read.format())));
    text.add("written", output.text() + ", " + ChoiceConverter.word(format));
    TableContents contents = new TableContents(table);
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
    output.writeJson(json, "output");
    json.writeStringField("format", ChoiceConverter.word(format));
    new TableContents(table).writeJson(json);
    JsonText.writeTexts(json, "notes", notes());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    inputs.forEach(read -> read.losses().forEach(loss -> notes.add("read: " + loss)));
    losses.forEach(loss -> notes.add("written: " + loss));
    return notes;
  }
}
