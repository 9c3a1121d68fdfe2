/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version the build wrote into the jar. */
final class Version implements IVersionProvider {
  private static final String RESOURCE = "version.properties";

  @Override
  public String[] getVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream resource =
        Objects.requireNonNull(Version.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      properties.load(resource);
    }
    return new String[] {"quant " + properties.getProperty("version")};
  }
}
