/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * What a command did with samples, and how many pictures among them it could not use.
 *
 * @param report what it did
 * @param skippedPictures how many pictures were damaged and left out, from 0
 */
record SampledReport(Report report, int skippedPictures) implements Report {
  @Override
  public void writeText(TextLines text) {
    report.writeText(text);
    if (skippedPictures > 0) {
      text.add(
          "note",
          skippedPictures
              + (skippedPictures == 1 ? " picture was" : " pictures were")
              + " damaged and left out");
    }
  }

  @Override
  public void writeJson(JsonGenerator json) throws IOException {
    report.writeJson(json);
    json.writeNumberField("skippedPictures", skippedPictures);
  }
}
