/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.function.Consumer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The one owner of a native object that a factory function of TensorRT made. Not thread-safe: its
 * holder closes it when nobody uses the object.
 */
final class Owned<T extends Pointer> implements AutoCloseable {

  private final String what;
  private final Consumer<? super T> delete;
  private @Nullable T object;

  private Owned(String what, T object, Consumer<? super T> delete) {
    this.what = what;
    this.object = object;
    this.delete = delete;
  }

  /**
   * Takes over an object.
   *
   * @param what the object in words, such as "the execution context"
   * @param made what the factory returned
   * @param delete deletes it, one of {@link FactoryMade}
   * @param log where TensorRT said why it returned nothing
   * @throws CudaException if the factory returned nothing for want of memory
   * @throws TensorRtException if it returned nothing for another reason
   */
  static <T extends Pointer> Owned<T> of(
      String what, @Nullable T made, Consumer<? super T> delete, BuildLog log) {
    if (made == null || made.isNull()) {
      throw log.creationFailure(what);
    }
    return new Owned<>(what, made, delete);
  }

  /** The object. */
  T get() {
    T open = object;
    if (open == null) {
      throw new IllegalStateException(what + " is closed");
    }
    return open;
  }

  @Override
  public void close() {
    T open = object;
    if (open != null) {
      object = null;
      delete.accept(open);
    }
  }
}
