/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorRtCalibrationCache;
import io.github.quant4j.core.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a native calibrator asks during one build: batches, the cache, where to write one. Knows
 * nothing of native code.
 *
 * <p>No exception may cross TensorRT, so {@link #attempt} keeps what is thrown for {@link #verify}
 * after the build. Thread-safe, as TensorRT may call from a thread of its own.
 */
final class CalibrationFeed implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(CalibrationFeed.class);

  private final Object lock = new Object();
  private final byte[] cache;
  private final @Nullable CalibrationCacheFile file;
  private final @Nullable CalibrationBatches batches;
  private final @Nullable CalibrationBuffers buffers;
  private boolean hasStaged;
  private @Nullable Throwable failure;

  private CalibrationFeed(
      byte[] cache,
      @Nullable CalibrationCacheFile file,
      @Nullable CalibrationBatches batches,
      CalibrationBuffers.Factory factory) {
    this.cache = cache;
    this.file = file;
    this.batches = batches;
    this.buffers = batches == null ? null : factory.allocate(byteCounts(batches));
  }

  /**
   * Reads the cache, and where there is none the first batch.
   *
   * @throws IOException if the cache cannot be read
   * @throws EngineCalibrationException if the cache, the table or the first batch does not fit
   */
  static CalibrationFeed open(
      CalibrationRecipe recipe, CalibrationTarget target, CalibrationBuffers.Factory factory)
      throws IOException {
    CalibrationTable table = recipe.table();
    if (table != null) {
      return new CalibrationFeed(bytes(table, recipe, target), null, null, factory);
    }
    CalibrationCacheFile file =
        recipe.cache() == null
            ? null
            : new CalibrationCacheFile(
                recipe.cache(), recipe.algorithm(), target.libraryVersion(), target.digest());
    byte[] cache = file == null ? new byte[0] : file.read();
    CalibrationSource source = recipe.source();
    CalibrationBatches batches =
        cache.length > 0 || source == null
            ? null
            : CalibrationBatches.open(source, target.inputs());
    return new CalibrationFeed(cache, file, batches, factory);
  }

  /** The shape of every input in the batches; empty where the cache stands in for them. */
  Map<String, Shape> shapes() {
    return batches == null ? Map.of() : batches.shapes();
  }

  /** The size of a batch; 1 where there is none. */
  int batchSize() {
    return batches == null ? 1 : Math.toIntExact(batches.batchSize());
  }

  /** What was cached, empty when nothing. */
  byte[] cache() {
    return cache.clone();
  }

  /**
   * Answers a question of TensorRT.
   *
   * @return what the answer is, or {@code otherwise} when it throws and ever after
   */
  <T extends @Nullable Object> T attempt(Callable<T> answer, T otherwise) {
    synchronized (lock) {
      if (failure != null) {
        return otherwise;
      }
      try {
        return answer.call();
      } catch (Throwable e) { // Errors too: none may reach C++.
        failure = e;
        return otherwise;
      }
    }
  }

  /**
   * Brings the next batch to the buffers.
   *
   * @return whether there was one
   */
  boolean next() throws IOException {
    if (batches == null || buffers == null) {
      throw new EngineCalibrationException(
          "TensorRT does not take the calibration cache and asks for samples; "
              + (file == null
                  ? "expected a table of this model"
                  : "delete '%s' to calibrate anew".formatted(file.path())));
    }
    Optional<TensorBatch> batch = batches.next();
    batch.ifPresent(
        present -> {
          stage(present, buffers);
          buffers.send();
        });
    return batch.isPresent();
  }

  /** Keeps what TensorRT computed. */
  void store(byte[] computed) {
    if (file != null && !Arrays.equals(computed, cache)) {
      file.write(computed);
    }
  }

  /** Throws what an answer threw. */
  void verify() {
    Throwable thrown;
    synchronized (lock) {
      thrown = failure;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof TensorRtException exception) {
      throw exception;
    }
    if (thrown != null) {
      throw new EngineCalibrationException(
          "model could not be calibrated: " + thrown.getMessage(), thrown);
    }
  }

  @Override
  public void close() {
    if (buffers != null) {
      buffers.close();
    }
  }

  private void stage(TensorBatch batch, CalibrationBuffers target) {
    if (batch.sampleCount() < batchSize()) {
      LOGGER.warn(
          "last calibration batch has {} of {} samples, the rest are samples of {}",
          batch.sampleCount(),
          batchSize(),
          hasStaged ? "the batch before" : "the same batch again");
    }
    for (String input : batch.names()) {
      ByteBuffer staging = target.staging(input);
      staging.clear().put(batch.tensor(input).orElseThrow().bytes());
      // What follows is of the batch before, unless there was none.
      int filled = staging.position();
      while (!hasStaged && staging.hasRemaining()) {
        ByteBuffer again = staging.duplicate();
        again.position(0).limit(Math.min(filled, staging.remaining()));
        staging.put(again);
      }
    }
    hasStaged = true;
  }

  private static Map<String, Integer> byteCounts(CalibrationBatches batches) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    batches.byteCounts().forEach((input, count) -> counts.put(input, Math.toIntExact(count)));
    return counts;
  }

  private static byte[] bytes(
      CalibrationTable table, CalibrationRecipe recipe, CalibrationTarget target)
      throws IOException {
    if (table.tensors().stream().noneMatch(target.tensors()::contains)) {
      throw new EngineCalibrationException(
          "none of the %s ranges of the calibration table names a tensor of the network, expected"
                  .formatted(table.tensors().size())
              + " names as in the model");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String header = recipe.algorithm().header(target.libraryVersion());
    TensorRtCalibrationCache.from(table, header).result().write(out);
    return out.toByteArray();
  }
}
