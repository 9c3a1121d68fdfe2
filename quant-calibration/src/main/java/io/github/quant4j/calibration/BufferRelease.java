/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frees direct memory at once, which Java 17 leaves to the garbage collector: that comes by when
 * the heap is full, not when hundreds of MB beside it are of no more use.
 *
 * <p>By the one door there is, {@code sun.misc.Unsafe.invokeCleaner}; where it is shut, the garbage
 * collector does it later.
 */
final class BufferRelease {

  private static final Logger LOGGER = LoggerFactory.getLogger(BufferRelease.class);

  private static final Optional<MethodHandle> CLEANER = findCleaner();

  private BufferRelease() {}

  /** Frees the memory of a buffer that is no slice; from then on nobody may touch it. */
  static void release(ByteBuffer buffer) {
    if (CLEANER.isEmpty()) {
      return;
    }
    try {
      CLEANER.get().invoke(buffer);
    } catch (Throwable e) {
      throw new IllegalStateException("cannot free " + buffer, e);
    }
  }

  private static Optional<MethodHandle> findCleaner() {
    try {
      Class<?> type = Class.forName("sun.misc.Unsafe");
      Field instance = type.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      return Optional.of(
          MethodHandles.lookup()
              .findVirtual(
                  type, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
              .bindTo(instance.get(null)));
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOGGER.debug("direct memory is left to the garbage collector", e);
      return Optional.empty();
    }
  }
}
