/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorrt.nvonnxparser.IParser;
import org.bytedeco.tensorrt.nvonnxparser.IParserError;
import org.jspecify.annotations.Nullable;

/**
 * A parser and what it parses.
 *
 * @param parser fills the network with which it was made
 * @param bytes the model
 */
record ParserInput(IParser parser, BytePointer bytes) {

  /**
   * Parses.
   *
   * @param location the file of the model, beside which external data lies; null when there is none
   * @return whether the network is filled
   */
  boolean parse(@Nullable String location) {
    return location == null
        ? parser.parse(bytes, bytes.capacity())
        : parser.parse(bytes, bytes.capacity(), location);
  }

  /** What the parser has against the model. */
  List<ParserError> errors() {
    List<ParserError> errors = new ArrayList<>();
    for (int index = 0; index < parser.getNbErrors(); index++) {
      IParserError error = parser.getError(index);
      errors.add(
          new ParserError(
              orEmpty(error.nodeName()), orEmpty(error.nodeOperator()), line(error.desc())));
    }
    return errors;
  }

  private static String line(@Nullable String text) {
    return new BuildMessage(Severity.ERROR, orEmpty(text)).line();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
