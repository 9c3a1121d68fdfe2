/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** A result with what its making took from the heap, of this thread. */
public record Measured<T>(T result, long bytes) {
  public static <T> Measured<T> of(Supplier<T> work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    T result = work.get();
    return new Measured<>(result, threads.getCurrentThreadAllocatedBytes() - before);
  }
}
