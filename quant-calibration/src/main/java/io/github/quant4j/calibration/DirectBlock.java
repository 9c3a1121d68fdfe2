/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A block of direct memory that is freed when it is closed; Java 17 leaves that to the garbage
 * collector, which comes by when the heap is full, not when hundreds of MB beside it are of no more
 * use.
 *
 * <p>From Java 22 on a block is an arena of its own, which {@code -XX:MaxDirectMemorySize} does not
 * limit. Before, {@code sun.misc.Unsafe.invokeCleaner} is the one door there is, and later versions
 * warn of its use. Where neither opens, the garbage collector does it later.
 */
final class DirectBlock implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(DirectBlock.class);

  private static final int FIRST_WITH_ARENAS = 22;
  private static final Allocator ALLOCATOR = allocator();

  private final ByteBuffer bytes;
  private final Release release;

  private DirectBlock(ByteBuffer bytes, Release release) {
    this.bytes = bytes;
    this.release = release;
  }

  /**
   * Returns a block.
   *
   * @throws OutOfMemoryError if there is no such block within what the JVM allows
   */
  static DirectBlock allocate(int byteCount) {
    try {
      return ALLOCATOR.allocate(byteCount);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("cannot allocate " + byteCount + " bytes", e);
    }
  }

  /** Returns the memory, which nobody may touch after {@link #close()}. */
  ByteBuffer bytes() {
    return bytes;
  }

  @Override
  public void close() {
    try {
      release.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("cannot free " + bytes, e);
    }
  }

  private static Allocator allocator() {
    try {
      return Runtime.version().feature() >= FIRST_WITH_ARENAS ? ofArenas() : ofCleaners();
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOGGER.debug("direct memory is left to the garbage collector", e);
      return byteCount -> new DirectBlock(ByteBuffer.allocateDirect(byteCount), () -> {});
    }
  }

  private static Allocator ofArenas() throws ReflectiveOperationException {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    Class<?> arenaType = Class.forName("java.lang.foreign.Arena");
    Class<?> segmentType = Class.forName("java.lang.foreign.MemorySegment");
    MethodHandle create =
        lookup.findStatic(arenaType, "ofShared", MethodType.methodType(arenaType));
    MethodHandle allocate =
        MethodHandles.filterReturnValue(
            lookup.findVirtual(
                arenaType, "allocate", MethodType.methodType(segmentType, long.class, long.class)),
            lookup.findVirtual(
                segmentType, "asByteBuffer", MethodType.methodType(ByteBuffer.class)));
    MethodHandle close = lookup.findVirtual(arenaType, "close", MethodType.methodType(void.class));
    return byteCount -> {
      Object arena = create.invoke();
      ByteBuffer bytes = (ByteBuffer) allocate.invoke(arena, (long) byteCount, (long) Double.BYTES);
      return new DirectBlock(bytes, () -> close.invoke(arena));
    };
  }

  private static Allocator ofCleaners() throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    Field instance = type.getDeclaredField("theUnsafe");
    instance.setAccessible(true);
    MethodHandle clean =
        MethodHandles.lookup()
            .findVirtual(type, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
            .bindTo(instance.get(null));
    return byteCount -> {
      ByteBuffer bytes = ByteBuffer.allocateDirect(byteCount);
      return new DirectBlock(bytes, () -> clean.invoke(bytes));
    };
  }

  /** Makes blocks. */
  @FunctionalInterface
  private interface Allocator {
    DirectBlock allocate(int byteCount) throws Throwable;
  }

  /** Frees a block. */
  @FunctionalInterface
  private interface Release {
    void run() throws Throwable;
  }
}
