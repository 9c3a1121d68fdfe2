/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * What {@code quant inspect} shows of a calibration table.
 *
 * @param read the table
 */
record TableInspection(TableFile read) implements Report {
  @Override
  public void writeText(TextLines text) {
    text.add("table", read.file().text());
    text.add("format", ChoiceConverter.word(read.format()));
    TableContents contents = new TableContents(read.table());
    contents.writeOrigin(text);
    contents.writeCount(text);
    contents.writeTensors(text);
    read.losses().forEach(loss -> text.add("note", loss));
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("command", "inspect");
    read.file().writeJson(json, "table");
    json.writeStringField("format", ChoiceConverter.word(read.format()));
    new TableContents(read.table()).writeJson(json);
    JsonText.writeTexts(json, "notes", read.losses());
  }
}
