/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The size of a picture.
 *
 * @param height rows, from 1
 * @param width columns, from 1
 */
record PictureSize(int height, int width) {

  /** Reads a size. */
  static final class Converter implements ITypeConverter<PictureSize> {
    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,5})x([1-9][0-9]{0,5})");

    @Override
    public PictureSize convert(String text) {
      Matcher matcher = SIZE.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "expected height and width such as 224x224, found '" + text + "'");
      }
      return new PictureSize(
          Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }
  }
}
