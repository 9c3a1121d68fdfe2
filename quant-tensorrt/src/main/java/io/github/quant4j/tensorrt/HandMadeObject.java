/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;

/**
 * An object of an abstract C++ class whose virtual functions are written in Java.
 *
 * <p>The presets let Java extend a few classes of TensorRT, and others not. What C++ sees of such a
 * class is small: the object begins with the address of a table that holds the address of every
 * virtual function in the order of declaration. This class lays out both in native memory and lets
 * JNA make the functions. It follows the Itanium C++ ABI, that of every compiler on Linux, see
 * {@link HostPlatform#hasItaniumAbi}: before the functions the table holds the offset to the whole
 * object and the address of the type information. Both are 0: no call reads them, only {@code
 * dynamic_cast} would, which TensorRT 10.6 does to none of the classes made here.
 *
 * <p>The functions must let nothing be thrown. Native code does not keep this object: whoever hands
 * out the address closes this only when no native object holds it any more.
 */
final class HandMadeObject implements AutoCloseable {

  /** What stands for both entries of a virtual destructor; TensorRT owns none of these objects. */
  static final Destructor UNUSED_DESTRUCTOR = self -> {};

  /** The object, which is one address, and the two words before the first function. */
  private static final int WORDS_BEFORE_FUNCTIONS = 3;

  /** Native code reaches a function as long as this list holds its callback. */
  private final List<Callback> functions;

  private final Memory memory;

  private HandMadeObject(List<Callback> functions, Memory memory) {
    this.functions = functions;
    this.memory = memory;
  }

  /**
   * Makes an object.
   *
   * @param what what it is for, such as "per-layer times", for the message
   * @param functions the virtual functions in the order of the table, the destructor twice
   * @throws TensorRtException if JNA cannot be used here
   */
  static HandMadeObject of(String what, List<Callback> functions) {
    try {
      List<Pointer> entries = new ArrayList<>();
      functions.forEach(function -> entries.add(CallbackReference.getFunctionPointer(function)));
      Memory memory =
          new Memory((WORDS_BEFORE_FUNCTIONS + entries.size()) * (long) Native.POINTER_SIZE);
      memory.clear();
      long table = (long) WORDS_BEFORE_FUNCTIONS * Native.POINTER_SIZE;
      memory.setPointer(0, memory.share(table));
      for (int index = 0; index < entries.size(); index++) {
        memory.setPointer(table + (long) index * Native.POINTER_SIZE, entries.get(index));
      }
      return new HandMadeObject(List.copyOf(functions), memory);
    } catch (LinkageError e) {
      throw new TensorRtException(
          "%s need functions of Java that native code can call, and JNA cannot make them: %s; expected"
                  .formatted(what, e.getMessage())
              + " its jar on the class path and a temporary folder that libraries can be loaded from",
          e);
    }
  }

  /** Where the object lies, valid until {@link #close}. */
  long address() {
    return Pointer.nativeValue(memory);
  }

  /** How many entries the table has. */
  int entryCount() {
    return functions.size();
  }

  /** Frees the object, which no native code holds any more. Closing twice does nothing. */
  @Override
  public void close() {
    memory.close();
  }

  /** A virtual destructor. */
  interface Destructor extends Callback {

    /** Called when C++ deletes an object. */
    void destroy(Pointer self);
  }
}
