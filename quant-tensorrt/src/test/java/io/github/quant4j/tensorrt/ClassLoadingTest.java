/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every class of the module loads without TensorRT. */
class ClassLoadingTest {

  /** These extend classes of the presets, which load native code when they are initialized. */
  private static final Pattern NATIVE =
      Pattern.compile("Address|LoggerBridge|CalibratorBridge\\$\\w+|FactoryMade\\$\\w+Template");

  @TestFactory
  Stream<DynamicTest> everyClass() throws IOException, URISyntaxException {
    List<String> names = classNames();
    assertThat(names).contains("TensorRt", "LoggerBridge", "CudaCalls");
    return names.stream().map(name -> DynamicTest.dynamicTest(name + " loads", () -> load(name)));
  }

  private static void load(String name) throws ClassNotFoundException {
    Class<?> loaded =
        Class.forName(
            TensorRt.class.getPackageName() + "." + name,
            !NATIVE.matcher(name).matches(),
            TensorRt.class.getClassLoader());
    assertThat(loaded.getName()).endsWith(name);
  }

  private static List<String> classNames() throws IOException, URISyntaxException {
    Path classes =
        Path.of(TensorRt.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path folder = classes.resolve(TensorRt.class.getPackageName().replace('.', '/'));
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .sorted()
          .toList();
    }
  }
}
