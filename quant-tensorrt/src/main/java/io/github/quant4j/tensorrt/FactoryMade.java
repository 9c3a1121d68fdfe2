/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.cuda.cudart.cudaHostFn_t;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.tensorrt.nvinfer.IBuilder;

/**
 * Deletes native objects that a factory function of TensorRT made.
 *
 * <p>JavaCPP attaches a deallocator only to what a Java constructor allocates. What {@code
 * createInferBuilder} and its like return has none: close() and the garbage collector free nothing,
 * and TensorRT 10 has no destroy() left. But the function which JavaCPP attaches to {@code new
 * IBuilder()} is a plain {@code delete} through a virtual destructor, so it deletes any IBuilder.
 * This class takes the address of that function from a throw-away object and calls it through the
 * one function type of the CUDA presets that takes a single pointer and returns nothing.
 */
final class FactoryMade {

  private FactoryMade() {}

  /** Deletes a builder; the caller never touches it again. */
  static void delete(IBuilder made) {
    try (BuilderTemplate template = new BuilderTemplate();
        PointerPointer<Pointer> function = new PointerPointer<>(1);
        cudaHostFn_t delete = new cudaHostFn_t(function)) {
      function.put(0, new Address(template.deleteFunction()));
      delete.call(made);
      made.setNull();
    }
  }

  /** A builder of the C++ base class, which can do nothing but be deleted. */
  private static final class BuilderTemplate extends IBuilder {
    long deleteFunction() {
      return ((Pointer.NativeDeallocator) deallocator()).deallocatorAddress();
    }
  }

  /** A bare address. */
  private static final class Address extends Pointer {
    Address(long value) {
      address = value;
    }
  }
}
