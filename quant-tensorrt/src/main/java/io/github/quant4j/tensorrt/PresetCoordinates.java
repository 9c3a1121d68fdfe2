/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * The versions of the preset jars on the class path, so that a remedy can name coordinates that fit
 * them.
 *
 * @param tensorRt the version of org.bytedeco:tensorrt, such as "10.6-1.5.11"
 * @param cuda the version of org.bytedeco:cuda, such as "12.6-9.5-1.5.11"
 * @param javaCpp the version of org.bytedeco:javacpp, such as "1.5.11"
 */
record PresetCoordinates(String tensorRt, String cuda, String javaCpp) {

  /** Stands where a jar does not tell its version, as in a shaded jar. */
  static final String UNKNOWN = "VERSION";

  /** Reads the versions which Maven wrote into the jars. */
  static PresetCoordinates from(ClassLoader classPath) {
    return new PresetCoordinates(
        version(classPath, "tensorrt"), version(classPath, "cuda"), version(classPath, "javacpp"));
  }

  private static String version(ClassLoader classPath, String artifact) {
    String resource = "META-INF/maven/org.bytedeco/" + artifact + "/pom.properties";
    try (InputStream in = classPath.getResourceAsStream(resource)) {
      if (in == null) {
        return UNKNOWN;
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", UNKNOWN);
    } catch (IOException unreadable) {
      return UNKNOWN;
    }
  }

  /** The TensorRT release for which the presets were made, such as "10.6". */
  String tensorRtRelease() {
    return firstPart(tensorRt);
  }

  /** The CUDA release for which the presets were made, such as "12.6". */
  String cudaRelease() {
    return firstPart(cuda);
  }

  private static String firstPart(String version) {
    int dash = version.indexOf('-');
    return dash < 0 ? version : version.substring(0, dash);
  }
}
