/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this library, as the build wrote it into the jar. */
public final class LibraryVersion {
  private static final String RESOURCE = "version.properties";

  private LibraryVersion() {}

  /**
   * Returns the version.
   *
   * @return e.g. {@code 0.1.0}
   */
  public static String number() {
    Properties properties = new Properties();
    try (InputStream resource =
        requireNonNull(LibraryVersion.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      properties.load(resource);
    } catch (IOException e) {
      throw new UncheckedIOException("the version of the library cannot be read from its jar", e);
    }
    return requireNonNull(properties.getProperty("version"), "version");
  }

  /**
   * Returns the name of the library with its version, as the provenance of a calibration table has
   * it.
   *
   * @return e.g. {@code Quant4J 0.1.0}
   */
  public static String text() {
    return "Quant4J " + number();
  }
}
