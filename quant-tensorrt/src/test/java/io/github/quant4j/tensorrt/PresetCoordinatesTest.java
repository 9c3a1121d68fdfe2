/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class PresetCoordinatesTest {

  @Test
  void presetsOnClassPath_tellTheirVersions() {
    PresetCoordinates found = PresetCoordinates.from(PresetCoordinatesTest.class.getClassLoader());
    TensorRtVersion made = new PresetLibraries().presetVersion();

    assertThat(found.tensorRtRelease()).isEqualTo(made.major() + "." + made.minor());
    assertThat(found.tensorRt()).endsWith("-" + found.javaCpp());
    assertThat(found.cuda()).endsWith("-" + found.javaCpp());
  }

  @Test
  void noJars_versionsAreAPlaceholder() {
    PresetCoordinates found = PresetCoordinates.from(ClassLoader.getPlatformClassLoader());

    assertThat(found).isEqualTo(new PresetCoordinates("VERSION", "VERSION", "VERSION"));
    assertThat(found.cudaRelease()).isEqualTo("VERSION");
  }

  @Test
  void unreadableJar_versionsAreAPlaceholder() {
    ClassLoader broken =
        new ClassLoader() {
          @Override
          public InputStream getResourceAsStream(String name) {
            InputStream closed = InputStream.nullInputStream();
            try {
              closed.close();
            } catch (IOException impossible) {
              throw new UncheckedIOException(impossible);
            }
            return closed;
          }
        };

    assertThat(PresetCoordinates.from(broken).javaCpp()).isEqualTo("VERSION");
  }
}
