/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a decimal number that is neither NaN nor infinite. */
final class FiniteNumber implements ITypeConverter<Double> {
  @Override
  public Double convert(String text) {
    try {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The message below says it better.
    }
    throw new TypeConversionException("expected a number such as 25 or 0.5, found '" + text + "'");
  }
}
