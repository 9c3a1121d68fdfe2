/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** Calls of virtual functions as compiled C++ makes them: through the table of the object. */
final class NativeCalls {

  private NativeCalls() {}

  /** The function at an entry of the table of an object. */
  static Function entry(long object, int index) {
    Pointer table = new Pointer(object).getPointer(0);
    return Function.getFunction(table.getPointer((long) index * Native.POINTER_SIZE));
  }

  /** Arguments after that of the object itself. */
  static Object[] arguments(long object, Object... rest) {
    Object[] all = new Object[rest.length + 1];
    all[0] = new Pointer(object);
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }
}
