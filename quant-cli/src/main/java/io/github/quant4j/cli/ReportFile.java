/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.file.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A file to write what was found or decided to, as JSON or as text by the end of its name.
 *
 * @param path the file
 */
record ReportFile(Path path) {
  private static final String JSON = ".json";
  private static final String TEXT = ".txt";

  /** Writes the form that is asked for; an existing file is replaced. */
  void write(Supplier<String> json, Supplier<String> text) throws IOException {
    String content = hasEnding(path.toString(), JSON) ? json.get() : text.get();
    AtomicFile.write(path, out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  private static boolean hasEnding(String name, String ending) {
    return name.toLowerCase(Locale.ROOT).endsWith(ending);
  }

  /** Reads the name of such a file. */
  static final class Converter implements ITypeConverter<ReportFile> {
    @Override
    public ReportFile convert(String name) {
      if (hasEnding(name, JSON) || hasEnding(name, TEXT)) {
        return new ReportFile(Path.of(name));
      }
      throw new TypeConversionException(
          "expected a file name that ends in .json or .txt, found '" + name + "'");
    }
  }
}
