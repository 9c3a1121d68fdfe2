/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A machine in words: everything is there, except for what a test takes away. */
final class FakeLibraries implements NativeLibraries {

  static final GpuDevice DEVICE = new GpuDevice("NVIDIA H200", 9, 0, 150_754_820_096L);
  static final CudaState CUDA = new CudaState(12_060, 13_000, "cudaSuccess", List.of(DEVICE));

  private final Map<String, Error> failures = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private CudaState cuda = CUDA;
  private TensorRtVersion loaded = new TensorRtVersion(10, 6, 0);
  private List<BuildMessage> builderErrors = List.of();
  private @Nullable String versionFailure;

  FakeLibraries failing(String presetClass, Error failure) {
    failures.put(presetClass, failure);
    return this;
  }

  FakeLibraries with(CudaState state) {
    cuda = state;
    return this;
  }

  FakeLibraries with(TensorRtVersion version) {
    loaded = version;
    return this;
  }

  FakeLibraries withBuilderErrors(String... texts) {
    builderErrors =
        List.of(texts).stream().map(text -> new BuildMessage(Severity.ERROR, text)).toList();
    return this;
  }

  FakeLibraries withVersionFailure(String message) {
    versionFailure = message;
    return this;
  }

  /** What was asked for, in this order. */
  List<String> asked() {
    return asked;
  }

  @Override
  public void load(String presetClass) {
    asked.add(presetClass);
    Error failure = failures.get(presetClass);
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public CudaState cuda() {
    asked.add("cuda");
    return cuda;
  }

  @Override
  public TensorRtVersion tensorRtVersion() {
    asked.add("version");
    if (versionFailure != null) {
      throw new IllegalStateException(versionFailure);
    }
    return loaded;
  }

  @Override
  public TensorRtVersion presetVersion() {
    return new TensorRtVersion(10, 6, 0);
  }

  @Override
  public List<BuildMessage> builderErrors() {
    asked.add("builder");
    return builderErrors;
  }
}
