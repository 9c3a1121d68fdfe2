/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An object of an abstract C++ class whose virtual functions are written in Java.
 *
 * <p>The presets let Java extend a few classes of TensorRT, and others not. What C++ sees of such a
 * class is small: the object begins with the address of a table that holds the address of every
 * virtual function in the order of declaration. This class lays out both in native memory and lets
 * JNA make the functions. It follows the Itanium C++ ABI, that of every compiler on Linux, see
 * {@link HostPlatform#hasItaniumAbi}: before the functions the table holds the offset to the whole
 * object, 0, and the address of the type information. The type here has no base class, so that
 * {@code dynamic_cast} finds nothing. TensorRT 10.6 does not cast what is made here; the presets
 * do.
 *
 * <p>The functions must let nothing be thrown. Native code does not keep this object: whoever hands
 * out the address closes this only when no native object holds it any more.
 */
final class HandMadeObject implements AutoCloseable {

  /** What stands for both entries of a virtual destructor; TensorRT owns none of these objects. */
  static final Destructor UNUSED_DESTRUCTOR = self -> {};

  private static final long WORD = Long.BYTES;

  /** Where the table is, behind the object, which is one address, and what goes before a table. */
  private static final long TABLE = 3 * WORD;

  private static final String TYPE_NAME = "14HandMadeObject";

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
   * @param functions the virtual functions in the order of the table, the destructor twice
   * @throws LinkageError if JNA cannot be used here; {@link HandMade#make} makes words of it
   */
  static HandMadeObject of(List<Callback> functions) {
    long type = TABLE + functions.size() * WORD;
    long name = type + 2 * WORD;
    Memory memory = new Memory(name + TYPE_NAME.length() + 1);
    memory.clear();
    memory.setPointer(0, memory.share(TABLE));
    memory.setPointer(TABLE - WORD, memory.share(type));
    for (int index = 0; index < functions.size(); index++) {
      memory.setPointer(
          TABLE + index * WORD, CallbackReference.getFunctionPointer(functions.get(index)));
    }
    memory.setPointer(type, tableOfTypesWithoutBase());
    memory.setPointer(type + WORD, memory.share(name));
    memory.setString(name, TYPE_NAME, StandardCharsets.US_ASCII.name());
    return new HandMadeObject(List.copyOf(functions), memory);
  }

  /** The virtual table that C++ gives to the type information of a class without a base. */
  private static Pointer tableOfTypesWithoutBase() {
    return NativeLibrary.getInstance("libstdc++.so.6")
        .getGlobalVariableAddress("_ZTVN10__cxxabiv117__class_type_infoE")
        .share(2 * WORD);
  }

  /** Where the object lies, valid until {@link #close}. */
  long address() {
    return Pointer.nativeValue(memory);
  }

  /** Frees the object, which no native code holds any more. Closing twice does nothing. */
  @Override
  public void close() {
    try {
      memory.close();
    } finally {
      Reference.reachabilityFence(functions);
    }
  }

  /** A virtual destructor. */
  interface Destructor extends Callback {

    /** Called when C++ deletes an object. */
    void destroy(Pointer self);
  }
}
