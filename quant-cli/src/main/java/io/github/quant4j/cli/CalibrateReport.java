/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.calibration.CalibrationReport;
import io.github.quant4j.calibration.TensorConvergence;
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
 * @param written the table, with what its form cannot hold
 * @param observed how the run went
 * @param elapsed the time from start to end
 */
record CalibrateReport(
    ModelFiles model, TableFile written, CalibrationReport observed, Duration elapsed)
    implements Report {
  private static final int WIDEST_SHOWN = 5;

  @Override
  public void writeText(TextLines text) {
    model.writeText(text, "model", "");
    text.add("written", written.text());
    CalibrationTable table = written.table();
    table.provenance().method().ifPresent(method -> text.add("method", method));
    text.add("samples", String.format(Locale.ROOT, "%,d", table.sampleCount()));
    TableContents contents = new TableContents(table);
    contents.writeCount(text);
    contents.writeWidest(text, WIDEST_SHOWN);
    if (!isEmpty()) {
      writeFindings(text);
    }
    text.add("elapsed", String.format(Locale.ROOT, "%.2f s", seconds()));
    notes().forEach(note -> text.add("note", note));
  }

  /** Adds the lines of the library's report, save the first, which counts what is counted above. */
  private void writeFindings(TextLines text) {
    List<String> lines = observed.text().lines().skip(1).toList();
    text.add("settled", lines.get(0));
    lines.stream().skip(1).forEach(line -> text.add(line.strip()));
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("command", "calibrate");
    model.writeJson(json, "model");
    written.file().writeJson(json, "output");
    json.writeStringField("format", ChoiceConverter.word(written.format()));
    new TableContents(written.table()).writeJson(json);
    json.writeNumberField("batches", observed.batchCount());
    json.writeStringField("ending", ChoiceConverter.word(observed.ending()));
    json.writeBooleanField("settled", observed.isSettled());
    json.writeArrayFieldStart("unsettled");
    for (TensorConvergence tensor : observed.unsettled()) {
      json.writeStartObject();
      json.writeStringField("tensor", tensor.tensor());
      json.writeNumberField("movement", tensor.movement());
      json.writeNumberField("lastGrowth", tensor.lastGrowth());
      json.writeEndObject();
    }
    json.writeEndArray();
    JsonText.writeTexts(json, "notes", notes());
    json.writeNumberField("elapsedSeconds", seconds());
  }

  private boolean isEmpty() {
    return written.table().tensors().isEmpty();
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (isEmpty()) {
      notes.add("the plan quantizes nothing, so no sample was run and the table is empty");
    }
    if (observed.ending() == CalibrationReport.Ending.CONVERGED) {
      notes.add("all ranges had settled, so not all samples were run");
    }
    written.losses().forEach(loss -> notes.add("written: " + loss));
    return notes;
  }

  private double seconds() {
    return elapsed.toMillis() / 1000.0;
  }
}
