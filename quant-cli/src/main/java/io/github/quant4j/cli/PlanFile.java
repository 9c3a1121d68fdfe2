/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.file.AtomicFile;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A file to write a plan to, as JSON or as text by the end of its name.
 *
 * @param path the file
 */
record PlanFile(Path path) {
  private static final String JSON = ".json";
  private static final String TEXT = ".txt";

  /** Writes a plan; an existing file is replaced. */
  void write(QuantizationPlan plan) throws IOException {
    String content = hasEnding(path.toString(), JSON) ? plan.toJson() : plan.toString();
    AtomicFile.write(path, out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  private static boolean hasEnding(String name, String ending) {
    return name.toLowerCase(Locale.ROOT).endsWith(ending);
  }

  /** Reads the name of such a file. */
  static final class Converter implements ITypeConverter<PlanFile> {
    @Override
    public PlanFile convert(String name) {
      if (hasEnding(name, JSON) || hasEnding(name, TEXT)) {
        return new PlanFile(Path.of(name));
      }
      throw new TypeConversionException(
          "expected a file name that ends in .json or .txt, found '" + name + "'");
    }
  }
}
