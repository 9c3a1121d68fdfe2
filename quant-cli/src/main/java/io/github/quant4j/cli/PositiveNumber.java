/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a whole number from 1 to the largest int. */
final class PositiveNumber implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The message below says it better.
    }
    throw new TypeConversionException(
        "expected a whole number from 1 to " + Integer.MAX_VALUE + ", found '" + text + "'");
  }
}
