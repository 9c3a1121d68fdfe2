/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Locale;
import java.util.Properties;
import java.util.Set;

/**
 * The operating system and processor of a JVM, named as the classifiers of the preset jars are.
 *
 * @param name such as "linux-x86_64"
 */
record HostPlatform(String name) {

  /** The platforms for which the presets publish JNI glue, in 10.6-1.5.11 and 10.15-1.5.13. */
  private static final Set<String> WITH_PRESETS =
      Set.of("linux-x86_64", "linux-arm64", "windows-x86_64");

  private static final Set<String> WITH_ITANIUM_ABI = Set.of("linux-x86_64", "linux-arm64");

  static HostPlatform from(Properties system) {
    String os = system.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String processor = system.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return new HostPlatform(
        (os.startsWith("windows") ? "windows" : os)
            + "-"
            + switch (processor) {
              case "amd64", "x86_64" -> "x86_64";
              case "aarch64", "arm64" -> "arm64";
              default -> processor;
            });
  }

  boolean hasPresets() {
    return WITH_PRESETS.contains(name);
  }

  /** Whether C++ objects are laid out as the Itanium ABI says, which Windows does not follow. */
  boolean hasItaniumAbi() {
    return WITH_ITANIUM_ABI.contains(name);
  }
}
