/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** What a command found out, in the two forms it is printed in. */
interface Report {
  /** Writes the text for people. */
  void writeText(TextLines text);

  /** Writes the fields of the JSON object for programs, in an order that does not change. */
  void writeJson(JsonGenerator json) throws IOException;

  /** Prints the report in one of its forms. */
  default void print(CommandStreams streams, boolean asJson) {
    if (asJson) {
      streams.out().print(JsonText.of(this));
    } else {
      TextLines text = new TextLines();
      writeText(text);
      streams.out().print(text);
    }
    streams.out().flush();
  }
}
