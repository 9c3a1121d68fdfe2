/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import com.sun.jna.Callback;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An allocator of TensorRT, {@code nvinfer1::IOutputAllocator}, for one output. TensorRT calls it
 * from the thread that queues the engine, before the call that queues returns.
 *
 * <p>The table of functions is that of the headers of TensorRT 10, which the compiled code of the
 * presets confirms: it calls {@code getAPILanguage} and {@code getInterfaceInfo} of the base class
 * {@code IVersionedInterface} through entries 0 and 1, {@code reallocateOutput}, {@code
 * reallocateOutputAsync} and {@code notifyShape} through 4, 5 and 6. The destructor of the base
 * class has entries 2 and 3.
 */
final class OutputAllocator implements AutoCloseable {

  /** Where the dimensions of a {@code nvinfer1::Dims64} begin, after a count of 4 bytes. */
  private static final long FIRST_DIMENSION = Long.BYTES;

  private static final int MOST_DIMENSIONS = 8;

  private final OutputTarget target;
  private final Memory kind;
  private final HandMadeObject object;
  private @Nullable Throwable failure;

  /**
   * Makes a native allocator.
   *
   * @throws LinkageError if JNA cannot be used here; {@link HandMade#make} makes words of it
   */
  OutputAllocator(OutputTarget target) {
    this.target = target;
    byte[] name = "IOutputAllocator\0".getBytes(StandardCharsets.US_ASCII);
    this.kind = new Memory(name.length);
    kind.write(0, name, 0, name.length);
    InterfaceInfo version = new InterfaceInfo();
    version.kind = kind;
    version.major = 1;
    version.write();
    Language language = self -> 0;
    Info info = self -> version;
    Reallocate reallocate = (self, tensor, memory, size, alignment) -> reserve(size);
    ReallocateAsync async = (self, tensor, memory, size, alignment, stream) -> reserve(size);
    Notify notify = (self, tensor, dimensions) -> shaped(dimensions);
    this.object =
        HandMadeObject.of(
            List.of(
                language,
                info,
                HandMadeObject.UNUSED_DESTRUCTOR,
                HandMadeObject.UNUSED_DESTRUCTOR,
                reallocate,
                async,
                notify));
  }

  /** Where the allocator lies, valid until {@link #close}. */
  long address() {
    return object.address();
  }

  /** Throws, once, what a call of TensorRT would have thrown, had it not come from native code. */
  void rethrow() {
    Throwable thrown = failure;
    failure = null;
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
  }

  @Override
  public void close() {
    object.close();
    kind.close();
  }

  private @Nullable Pointer reserve(long byteCount) {
    try {
      return new Pointer(target.reserve(byteCount));
    } catch (Throwable thrown) {
      // Thrown on, this would end in native code; null tells TensorRT that there is no memory.
      failure = thrown;
      return null;
    }
  }

  private void shaped(Pointer dimensions) {
    try {
      int rank = dimensions.getInt(0);
      if (rank < 0 || rank > MOST_DIMENSIONS) {
        throw new TensorRtException("TensorRT told a shape of rank " + rank + ", expected 0 to 8");
      }
      target.shaped(dimensions.getLongArray(FIRST_DIMENSION, rank));
    } catch (Throwable thrown) {
      failure = thrown;
    }
  }

  /** {@code APILanguage getAPILanguage() const noexcept}: 0 is C++. */
  interface Language extends Callback {
    int language(Pointer self);
  }

  /** {@code InterfaceInfo getInterfaceInfo() const noexcept}. */
  interface Info extends Callback {
    InterfaceInfo info(Pointer self);
  }

  /** {@code void* reallocateOutput(tensorName, currentMemory, size, alignment) noexcept}. */
  interface Reallocate extends Callback {
    // cudaMalloc aligns to 256 bytes, which is the most that TensorRT asks for.
    @Nullable Pointer reallocate(
        Pointer self, Pointer tensor, @Nullable Pointer memory, long byteCount, long alignment);
  }

  /** {@code void* reallocateOutputAsync(..., stream)}, as the one above with a stream. */
  interface ReallocateAsync extends Callback {
    @Nullable Pointer reallocate(
        Pointer self,
        Pointer tensor,
        @Nullable Pointer memory,
        long byteCount,
        long alignment,
        @Nullable Pointer stream);
  }

  /** {@code void notifyShape(tensorName, Dims const& dims) noexcept}. */
  interface Notify extends Callback {
    void shaped(Pointer self, Pointer tensor, Pointer dimensions);
  }

  /** What TensorRT asks an interface for; public, as JNA reads its fields. */
  @Structure.FieldOrder({"kind", "major", "minor"})
  public static final class InterfaceInfo extends Structure implements Structure.ByValue {
    /** The name of the class, ending with a zero byte. */
    public @Nullable Pointer kind;

    /** The version of the class. */
    public int major;

    /** The version below that. */
    public int minor;
  }
}
