/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.ptq.EngineComparisonReport;
import java.io.IOException;
import java.util.List;

/**
 * What {@code quant bench} found of several engines.
 *
 * @param files the models and engines given
 * @param report the figures
 * @param hasSamples whether there were samples to calibrate INT8 with
 */
record ComparisonOutput(List<FileSize> files, EngineComparisonReport report, boolean hasSamples)
    implements Report {
  @Override
  public void writeText(TextLines text) {
    files.forEach(file -> text.add("file", file.text()));
    text.addAll(report.toText());
    notes().forEach(note -> text.add("note", note));
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    json.writeStringField("command", "bench");
    json.writeArrayFieldStart("files");
    for (FileSize file : files) {
      json.writeStartObject();
      file.writeFields(json);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeFieldName("comparison");
    json.writeRawValue(report.toJson().strip());
    JsonText.writeTexts(json, "notes", notes());
  }

  private List<String> notes() {
    boolean hasKinds = report.rows().stream().anyMatch(row -> row.kind().isPresent());
    return hasKinds && !hasSamples
        ? List.of("INT8 takes samples; give them with " + SampleOptions.DATA)
        : List.of();
  }

  /** Makes sure that at least one engine was timed. */
  void requireTimed() {
    if (report.rows().stream().noneMatch(row -> row.speed().isPresent())) {
      throw new CommandException(
          "no engine could be timed; see why in the lines of the table that say failed");
    }
  }
}
