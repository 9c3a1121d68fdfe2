/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.tensorrt.nvinfer.IInt8Calibrator;
import org.bytedeco.tensorrt.nvinfer.IInt8EntropyCalibrator;
import org.bytedeco.tensorrt.nvinfer.IInt8EntropyCalibrator2;
import org.bytedeco.tensorrt.nvinfer.IInt8MinMaxCalibrator;
import org.jspecify.annotations.Nullable;

/**
 * Hands the questions of a native calibrator to a feed. Owns the native object and what was handed
 * to it; closed after the configuration that holds the calibrator.
 */
@SuppressWarnings({"deprecation", "rawtypes"})
final class CalibratorBridge implements AutoCloseable {

  private final CalibrationFeed feed;
  private final Function<String, Pointer> addresses;
  private final IInt8Calibrator handle;

  /** What TensorRT reads after the call that returned it. */
  private @Nullable BytePointer cache;

  private boolean isClosed;

  /**
   * Makes a native calibrator.
   *
   * @param addresses input name to where it lies on the GPU
   */
  CalibratorBridge(
      CalibrationAlgorithm algorithm, CalibrationFeed feed, Function<String, Pointer> addresses) {
    this.feed = feed;
    this.addresses = addresses;
    this.handle =
        switch (algorithm) {
          case ENTROPY_2 -> new Entropy2(this);
          case ENTROPY -> new Entropy(this);
          case MIN_MAX -> new MinMax(this);
        };
  }

  IInt8Calibrator handle() {
    return handle;
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      handle.close();
      if (cache != null) {
        cache.close();
      }
    }
  }

  private int batchSize() {
    return feed.attempt(feed::batchSize, 1);
  }

  private boolean fill(PointerPointer<?> bindings, PointerPointer<?> names, int count) {
    return feed.attempt(
        () -> {
          if (!feed.next()) {
            return false;
          }
          for (int index = 0; index < count; index++) {
            bindings.put(index, addresses.apply(names.getString(index)));
          }
          return true;
        },
        false);
  }

  private @Nullable Pointer readCache(LongPointer length) {
    return feed.<@Nullable Pointer>attempt(
        () -> {
          byte[] bytes = feed.cache();
          length.put(0, bytes.length);
          if (bytes.length == 0) {
            return null;
          }
          if (cache == null) {
            cache = new BytePointer(bytes);
          }
          return cache;
        },
        null);
  }

  private void writeCache(Pointer source, long length) {
    feed.attempt(
        () -> {
          byte[] bytes = new byte[Math.toIntExact(length)];
          new BytePointer(source).capacity(length).get(bytes);
          feed.store(bytes);
          return true;
        },
        false);
  }

  /** Entropy of histograms before fusion. */
  private static final class Entropy2 extends IInt8EntropyCalibrator2 {
    private final CalibratorBridge bridge;

    Entropy2(CalibratorBridge bridge) {
      this.bridge = bridge;
    }

    @Override
    public int getBatchSize() {
      return bridge.batchSize();
    }

    @Override
    public boolean getBatch(PointerPointer bindings, PointerPointer names, int count) {
      return bridge.fill(bindings, names, count);
    }

    @Override
    public @Nullable Pointer readCalibrationCache(LongPointer length) {
      return bridge.readCache(length);
    }

    @Override
    public void writeCalibrationCache(Pointer bytes, long length) {
      bridge.writeCache(bytes, length);
    }
  }

  /** Entropy of histograms after fusion. */
  private static final class Entropy extends IInt8EntropyCalibrator {
    private final CalibratorBridge bridge;

    Entropy(CalibratorBridge bridge) {
      this.bridge = bridge;
    }

    @Override
    public int getBatchSize() {
      return bridge.batchSize();
    }

    @Override
    public boolean getBatch(PointerPointer bindings, PointerPointer names, int count) {
      return bridge.fill(bindings, names, count);
    }

    @Override
    public @Nullable Pointer readCalibrationCache(LongPointer length) {
      return bridge.readCache(length);
    }

    @Override
    public void writeCalibrationCache(Pointer bytes, long length) {
      bridge.writeCache(bytes, length);
    }
  }

  /** Largest magnitudes. */
  private static final class MinMax extends IInt8MinMaxCalibrator {
    private final CalibratorBridge bridge;

    MinMax(CalibratorBridge bridge) {
      this.bridge = bridge;
    }

    @Override
    public int getBatchSize() {
      return bridge.batchSize();
    }

    @Override
    public boolean getBatch(PointerPointer bindings, PointerPointer names, int count) {
      return bridge.fill(bindings, names, count);
    }

    @Override
    public @Nullable Pointer readCalibrationCache(LongPointer length) {
      return bridge.readCache(length);
    }

    @Override
    public void writeCalibrationCache(Pointer bytes, long length) {
      bridge.writeCache(bytes, length);
    }
  }
}
