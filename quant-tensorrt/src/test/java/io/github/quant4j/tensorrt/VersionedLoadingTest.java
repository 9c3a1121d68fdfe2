/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What TensorRT 11 no longer has is touched only by classes that load after the version check. */
class VersionedLoadingTest {

  private static final List<String> AFTER_THE_CHECK =
      List.of("EngineCalibration", "CalibratorBridge", "WeakTyping");

  private final NewerPresets presets = new NewerPresets();

  @ParameterizedTest
  @ValueSource(
      classes = {
        EngineBuilder.class,
        EngineBuild.class,
        BuildConfiguration.class,
        NativeNetwork.class,
        TimingCache.class,
        EngineAnswers.class,
        Engine.class,
        ExecutionSession.class,
        DatasetEntropyCalibrator2.class
      })
  void load_presetsWithoutCalibrators_isVerifiedAndLoadsNoClassOfOlderVersions(Class<?> type) {
    assertThatCode(() -> Class.forName(type.getName(), true, presets)).doesNotThrowAnyException();

    assertThat(presets.loaded)
        .contains(type.getSimpleName())
        .doesNotContainAnyElementsOf(AFTER_THE_CHECK);
  }

  @Test
  void load_calibratorsWithSuchPresets_fails() {
    assertThatExceptionOfType(NoClassDefFoundError.class)
        .isThrownBy(
            () -> Class.forName(CalibratorBridge.class.getName() + "$Entropy2", true, presets))
        .withMessageContaining("IInt8EntropyCalibrator2");
  }

  /** Loads the module anew, over presets that lack the calibrators. */
  private static final class NewerPresets extends ClassLoader {

    private final Set<String> loaded = new TreeSet<>();

    NewerPresets() {
      super(VersionedLoadingTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("org.bytedeco.tensorrt.nvinfer.IInt8")) {
        throw new ClassNotFoundException(name);
      }
      String prefix = TensorRt.class.getPackageName() + ".";
      if (!name.startsWith(prefix)) {
        return super.loadClass(name, resolve);
      }
      Class<?> known = findLoadedClass(name);
      return known == null ? define(name, name.substring(prefix.length())) : known;
    }

    private Class<?> define(String name, String simpleName) throws ClassNotFoundException {
      loaded.add(simpleName);
      try (InputStream in = TensorRt.class.getResourceAsStream(simpleName + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
