/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The NumPy files that make_models.py among the test resources makes. */
public final class TestFiles {

  private TestFiles() {}

  /** Returns the path of a file in the folder numpy. */
  public static Path numpy(String name) {
    String resource = "/numpy/" + name;
    try {
      return Path.of(
          Objects.requireNonNull(TestFiles.class.getResource(resource), resource).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(resource, e);
    }
  }
}
