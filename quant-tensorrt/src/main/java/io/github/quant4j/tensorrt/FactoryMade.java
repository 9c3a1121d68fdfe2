/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import org.bytedeco.cuda.cudart.cudaHostFn_t;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IEngineInspector;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.IRuntime;
import org.bytedeco.tensorrt.nvinfer.ITimingCache;
import org.bytedeco.tensorrt.nvonnxparser.IParser;

/**
 * Deletes native objects that a factory function of TensorRT made.
 *
 * <p>JavaCPP attaches a deallocator only to what a Java constructor allocates. What {@code
 * createInferBuilder} and its like return has none: close() and the garbage collector free nothing,
 * and TensorRT 10 has no destroy() left. But the function which JavaCPP attaches to {@code new
 * IBuilder()} is a plain {@code delete} through a virtual destructor, so it deletes any IBuilder.
 * This class takes the address of that function from a throw-away object of the same type and calls
 * it through the one function type of the CUDA presets that takes a single pointer and returns
 * nothing.
 */
final class FactoryMade {

  /**
   * Where the virtual table of an ONNX parser holds its deleting destructor. The destructor is
   * declared between clearErrors and getUsedVCPluginLibraries, which are entries 7 and 10 in the
   * code of the presets; the Itanium ABI gives a destructor two entries, the deleting one second.
   */
  private static final int PARSER_DELETE_ENTRY = 9;

  private FactoryMade() {}

  /** Deletes a builder; the caller never touches it again. */
  static void delete(IBuilder made) {
    delete(made, new BuilderTemplate());
  }

  /** Deletes a network, before its builder. */
  static void delete(INetworkDefinition made) {
    delete(made, new NetworkTemplate());
  }

  /** Deletes a configuration, before its builder. */
  static void delete(IBuilderConfig made) {
    delete(made, new ConfigTemplate());
  }

  /** Deletes a timing cache, before the configuration that made it. */
  static void delete(ITimingCache made) {
    delete(made, new TimingCacheTemplate());
  }

  /** Deletes serialized bytes. */
  static void delete(IHostMemory made) {
    delete(made, new HostMemoryTemplate());
  }

  /** Deletes a runtime, after all its engines. */
  static void delete(IRuntime made) {
    delete(made, new RuntimeTemplate());
  }

  /** Deletes an engine, after all its contexts and inspectors. */
  static void delete(ICudaEngine made) {
    delete(made, new EngineTemplate());
  }

  /** Deletes an execution context that runs nothing. */
  static void delete(IExecutionContext made) {
    delete(made, new ContextTemplate());
  }

  /** Deletes an inspector, before its engine. */
  static void delete(IEngineInspector made) {
    delete(made, new InspectorTemplate());
  }

  /**
   * Deletes a parser, after the last use of its network, which refers to weights of the parser.
   *
   * <p>The presets cannot make a parser, so there is no template; the deleting destructor is taken
   * from the virtual table. The Microsoft ABI passes that one a hidden argument which cannot be
   * given here: on Windows a parser is left to the end of the process.
   */
  static void delete(IParser made) {
    if (!System.getProperty("os.name", "").startsWith("Windows")) {
      try (LongPointer object = new LongPointer(made);
          LongPointer virtualTable = new LongPointer(new Address(object.get(0)))) {
        call(virtualTable.get(PARSER_DELETE_ENTRY), made);
      }
    }
    made.setNull();
  }

  private static void delete(Pointer made, Template template) {
    try (template) {
      call(template.deleteFunction(), made);
    }
    made.setNull();
  }

  private static void call(long function, Pointer made) {
    try (PointerPointer<Pointer> slot = new PointerPointer<>(1);
        cudaHostFn_t delete = new cudaHostFn_t(slot)) {
      slot.put(0, new Address(function));
      delete.call(made);
    }
  }

  /** An object of a C++ base class, which can do nothing but be deleted. */
  private interface Template extends AutoCloseable {

    /** The address of the function that deletes objects of this class and all below it. */
    long deleteFunction();

    @Override
    void close();
  }

  /** Stands for builders. */
  private static final class BuilderTemplate extends IBuilder implements Template {
    @Override
    public long deleteFunction() {
      return ((Pointer.NativeDeallocator) deallocator()).deallocatorAddress();
    }
  }

  /** Stands for networks. */
  private static final class NetworkTemplate extends INetworkDefinition implements Template {
    @Override
    public long deleteFunction() {
      return ((Pointer.NativeDeallocator) deallocator()).deallocatorAddress();
    }
  }

  /** Stands for configurations. */
  private static final class ConfigTemplate extends IBuilderConfig implements Template {
    @Override
    public long deleteFunction() {
      return ((Pointer.NativeDeallocator) deallocator()).deallocatorAddress();
    }
  }

  /** Stands for timing caches. */
  private static final class TimingCacheTemplate extends ITimingCache implements Template {
    @Override
    public long deleteFunction() {
      return ((Pointer.NativeDeallocator) deallocator()).deallocatorAddress();
    }
  }

  /** Stands for serialized bytes. */
  private static final class HostMemoryTemplate extends IHostMemory implements Template {
    @Override
    public long deleteFunction() {
      return ((Pointer.NativeDeallocator) deallocator()).deallocatorAddress();
    }
  }

  /** Stands for runtimes. */
  private static final class RuntimeTemplate extends IRuntime implements Template {
    @Override
    public long deleteFunction() {
      return ((Pointer.NativeDeallocator) deallocator()).deallocatorAddress();
    }
  }

  /** Stands for engines. */
  private static final class EngineTemplate extends ICudaEngine implements Template {
    @Override
    public long deleteFunction() {
      return ((Pointer.NativeDeallocator) deallocator()).deallocatorAddress();
    }
  }

  /** Stands for execution contexts. */
  private static final class ContextTemplate extends IExecutionContext implements Template {
    @Override
    public long deleteFunction() {
      return ((Pointer.NativeDeallocator) deallocator()).deallocatorAddress();
    }
  }

  /** Stands for inspectors. */
  private static final class InspectorTemplate extends IEngineInspector implements Template {
    @Override
    public long deleteFunction() {
      return ((Pointer.NativeDeallocator) deallocator()).deallocatorAddress();
    }
  }
}
