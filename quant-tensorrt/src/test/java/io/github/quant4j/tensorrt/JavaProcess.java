/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.file.AtomicFile;
import java.io.File;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs a program of the tests in a JVM of its own. */
final class JavaProcess {

  private JavaProcess() {}

  /** A process to be started, with the classes of this module, its tests and quant-core. */
  static ProcessBuilder of(Class<?> program, String... arguments) {
    String classPath =
        Stream.of(JavaProcess.class, EnginePlan.class, AtomicFile.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .collect(Collectors.joining(File.pathSeparator));
    Stream<String> command =
        Stream.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:-UsePerfData",
            "-cp",
            classPath,
            program.getName());
    return new ProcessBuilder(Stream.concat(command, Stream.of(arguments)).toList());
  }
}
