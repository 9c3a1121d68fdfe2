/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;
import org.bytedeco.tensorrt.nvinfer.ITimingCache;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The timing cache of one build, with the file that it is kept in. A cache never makes a build
 * fail: what cannot be used is warned of and left.
 */
final class TimingCache implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(TimingCache.class);

  private final @Nullable TimingCacheFile file;
  private final IBuilderConfig config;
  private final BuildLog log;
  private byte[] loaded = new byte[0];
  private @Nullable Owned<ITimingCache> cache;

  private TimingCache(@Nullable TimingCacheFile file, IBuilderConfig config, BuildLog log) {
    this.file = file;
    this.config = config;
    this.log = log;
  }

  /**
   * Sets the cache of a configuration; without a path there is none but the one that TensorRT
   * forgets after the build.
   */
  static TimingCache open(@Nullable Path path, IBuilderConfig config, BuildLog log) {
    TimingCache opened =
        new TimingCache(path == null ? null : new TimingCacheFile(path), config, log);
    if (opened.file != null) {
      opened.load(opened.file);
    }
    return opened;
  }

  /** Writes what is known after the build, together with what other builds wrote meanwhile. */
  void save() {
    if (file != null && cache != null) {
      try {
        ITimingCache known = cache.get();
        file.update(
            present -> {
              combine(present, known);
              return serialized(known);
            });
      } catch (IOException | TensorRtException e) {
        LOGGER.warn(
            "timing cache '{}' cannot be saved, the next build starts anew: {}",
            file.path(),
            e.toString());
      }
    }
  }

  @Override
  public void close() {
    if (cache != null) {
      cache.close();
    }
  }

  private void load(TimingCacheFile from) {
    try {
      loaded = from.read();
    } catch (IOException e) {
      LOGGER.warn(
          "timing cache '{}' cannot be read, the build starts without: {}",
          from.path(),
          e.toString());
    }
    Optional<Owned<ITimingCache>> known =
        loaded.length == 0 ? Optional.empty() : create(loaded).filter(this::isAccepted);
    if (known.isEmpty() && loaded.length > 0) {
      LOGGER.warn(
          "timing cache '{}' is broken or of another GPU or TensorRT, the build replaces it",
          from.path());
    }
    cache = known.or(() -> create(new byte[0]).filter(this::isAccepted)).orElse(null);
  }

  private boolean isAccepted(Owned<ITimingCache> candidate) {
    boolean isAccepted = config.setTimingCache(candidate.get(), false);
    if (!isAccepted) {
      candidate.close();
    }
    return isAccepted;
  }

  private void combine(byte[] present, ITimingCache target) {
    if (present.length > 0 && !Arrays.equals(present, loaded)) {
      create(present)
          .ifPresent(
              other -> {
                try (other) {
                  target.combine(other.get(), false);
                }
              });
    }
  }

  private Optional<Owned<ITimingCache>> create(byte[] bytes) {
    // TensorRT copies the bytes.
    try (Pointer source = bytes.length == 0 ? new Pointer() : new BytePointer(bytes)) {
      ITimingCache made = config.createTimingCache(source, bytes.length);
      return made == null || made.isNull()
          ? Optional.empty()
          : Optional.of(Owned.of("a timing cache", made, FactoryMade::delete, log));
    }
  }

  private byte[] serialized(ITimingCache known) {
    try (Owned<IHostMemory> memory =
        Owned.of("a serialized timing cache", known.serialize(), FactoryMade::delete, log)) {
      return HostBytes.copy(memory.get());
    }
  }
}
