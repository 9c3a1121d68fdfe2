/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.core.table.CalibrationTable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@code quant calibrate} did.
 *
 * @param model the model
 * @param output the file written
 * @param format its form
 * @param table what was observed
 * @param losses what the form cannot hold
 * @param elapsed the time from start to end
 */
record CalibrateReport(
    ModelFiles model,
    FileSize output,
    TableFormat format,
    CalibrationTable table,
    List<String> losses,
    Duration elapsed)
    implements Report {
  private static final int WIDEST_SHOWN = 5;

  @Override
  public void writeText(TextLines text) {
    model.writeText(text, "model", "");
    text.add("written", output.text() + ", " + ChoiceConverter.word(format));
    table.provenance().method().ifPresent(method -> text.add("method", method));
    text.add("samples", String.format(Locale.ROOT, "%,d", table.sampleCount()));
    TableContents contents = new TableContents(table);
    contents.writeCount(text);
    contents.writeWidest(text, WIDEST_SHOWN);
    text.add("elapsed", String.format(Locale.ROOT, "%.2f s", seconds()));
    notes().forEach(note -> text.add("note", note));
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("command", "calibrate");
    model.writeJson(json, "model");
    output.writeJson(json, "output");
    json.writeStringField("format", ChoiceConverter.word(format));
    new TableContents(table).writeJson(json);
    JsonText.writeTexts(json, "notes", notes());
    json.writeNumberField("elapsedSeconds", seconds());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (table.tensors().isEmpty()) {
      notes.add("the plan quantizes nothing, so no sample was run and the table is empty");
    }
    losses.forEach(loss -> notes.add("written: " + loss));
    return notes;
  }

  private double seconds() {
    return elapsed.toMillis() / 1000.0;
  }
}
