/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.IOutputAllocator;
import org.bytedeco.tensorrt.nvinfer.InterfaceInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An allocator made by hand, called as C++ calls it. */
class OutputAllocatorTest {

  private static final int GET_INTERFACE_INFO = 1;
  private static final int REALLOCATE = 4;
  private static final int REALLOCATE_ASYNC = 5;
  private static final int NOTIFY_SHAPE = 6;

  private final Recorded target = new Recorded();

  @ParameterizedTest
  @CsvSource({REALLOCATE + ", 0x7fffffffff00", REALLOCATE_ASYNC + ", 1024"})
  void reallocate_calledThroughTheTable_givesTheAddressOfTheTarget(int entry, long address) {
    target.address = address;
    try (OutputAllocator allocator = new OutputAllocator(target)) {
      assertThat(reallocate(allocator, entry, 5_000_000_000L)).isEqualTo(new Pointer(address));
      allocator.rethrow();
    }

    assertThat(target.asked).containsExactly(5_000_000_000L);
  }

  @Test
  void reallocate_failure_isNullToNativeCodeAndThrownOnceLater() {
    CudaException failure = new CudaException("allocating", 2, "cudaErrorMemoryAllocation", "out");
    target.failure = failure;
    try (OutputAllocator allocator = new OutputAllocator(target)) {
      assertThat(reallocate(allocator, REALLOCATE, 8)).isNull();

      assertThatExceptionOfType(CudaException.class)
          .isThrownBy(allocator::rethrow)
          .isSameAs(failure);
      allocator.rethrow();
    }
  }

  @Test
  void notifyShape_dimensions_areHandedOn() {
    try (OutputAllocator allocator = new OutputAllocator(target)) {
      shape(allocator, 2, 2, 5_000_000_000L);
      shape(allocator, 0);
      allocator.rethrow();
    }

    assertThat(target.shapes).containsExactly(List.of(2L, 5_000_000_000L), List.of());
  }

  @Test
  void notifyShape_rankOutOfBounds_isThrownLater() {
    try (OutputAllocator allocator = new OutputAllocator(target)) {
      shape(allocator, 9);

      assertThatExceptionOfType(TensorRtException.class)
          .isThrownBy(allocator::rethrow)
          .withMessage("TensorRT told a shape of rank 9, expected 0 to 8");
    }
    assertThat(target.shapes).isEmpty();
  }

  @Test
  void language_calledThroughTheTable_isThatOfCompiledCode() {
    try (OutputAllocator allocator = new OutputAllocator(target)) {
      assertThat(
              NativeCalls.entry(allocator.address(), 0)
                  .invokeInt(NativeCalls.arguments(allocator.address())))
          .isZero();
    }
  }

  @Test
  void interfaceInfo_calledThroughTheTable_isThatOfTheHeaders() {
    try (OutputAllocator allocator = new OutputAllocator(target)) {
      OutputAllocator.InterfaceInfo info =
          (OutputAllocator.InterfaceInfo)
              NativeCalls.entry(allocator.address(), GET_INTERFACE_INFO)
                  .invoke(
                      OutputAllocator.InterfaceInfo.class,
                      NativeCalls.arguments(allocator.address()));

      assertThat(info.kind)
          .isNotNull()
          .extracting(kind -> kind.getString(0))
          .isEqualTo("IOutputAllocator");
      assertThat(info.major).isEqualTo(1);
      assertThat(info.minor).isZero();
    }
  }

  /** The presets call through the table that the headers of TensorRT describe. */
  @Test
  @Tag("gpu")
  @SuppressWarnings("deprecation") // TensorRT may still call the older one of two
  void everyFunction_calledByThePresets_reachesTheTarget() {
    TensorRt.verifyAvailable();
    target.address = 4096;
    try (OutputAllocator allocator = new OutputAllocator(target);
        Dims64 dimensions = NativeDimensions.allocate(3, 4)) {
      IOutputAllocator presets = new IOutputAllocator(new Address(allocator.address()));
      Address old = new Address(64);

      assertThat(presets.getAPILanguage().value).isZero();
      InterfaceInfo info = presets.getInterfaceInfo();
      assertThat(info.kind() + info.major() + info.minor()).isEqualTo("IOutputAllocator10");
      assertThat(presets.reallocateOutput("y", old, 1, 256).address()).isEqualTo(4096);
      assertThat(presets.reallocateOutputAsync("y", old, 2, 256, null).address()).isEqualTo(4096);
      presets.notifyShape("y", dimensions);
    }
    assertThat(target.asked).containsExactly(1L, 2L);
    assertThat(target.shapes).containsExactly(List.of(3L, 4L));
  }

  private static @Nullable Pointer reallocate(
      OutputAllocator allocator, int entry, long byteCount) {
    Object[] arguments =
        entry == REALLOCATE
            ? NativeCalls.arguments(allocator.address(), "y", Pointer.NULL, byteCount, 256L)
            : NativeCalls.arguments(
                allocator.address(), "y", Pointer.NULL, byteCount, 256L, Pointer.NULL);
    return NativeCalls.entry(allocator.address(), entry).invokePointer(arguments);
  }

  private static void shape(OutputAllocator allocator, int rank, long... dimensions) {
    try (Memory native64 = new Memory(9 * Long.BYTES)) {
      native64.clear();
      native64.setInt(0, rank);
      native64.write(Long.BYTES, dimensions, 0, dimensions.length);
      NativeCalls.entry(allocator.address(), NOTIFY_SHAPE)
          .invokeVoid(NativeCalls.arguments(allocator.address(), "y", native64));
    }
  }

  /** Remembers what it was asked. */
  private static final class Recorded implements OutputTarget {
    private final List<Long> asked = new ArrayList<>();
    private final List<List<Long>> shapes = new ArrayList<>();
    private long address;
    private @Nullable RuntimeException failure;

    @Override
    public long reserve(long byteCount) {
      asked.add(byteCount);
      RuntimeException thrown = failure;
      if (thrown != null) {
        throw thrown;
      }
      return address;
    }

    @Override
    public void shaped(long... dimensions) {
      shapes.add(Arrays.stream(dimensions).boxed().toList());
    }
  }
}
