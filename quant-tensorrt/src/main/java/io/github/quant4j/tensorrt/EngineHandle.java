/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvinfer.LayerInformationFormat;
import org.bytedeco.tensorrt.global.nvinfer.OptProfileSelector;
import org.bytedeco.tensorrt.global.nvinfer.TensorIOMode;
import org.bytedeco.tensorrt.global.nvinfer.TensorLocation;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IEngineInspector;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.bytedeco.tensorrt.nvinfer.IRuntime;
import org.jspecify.annotations.Nullable;

/**
 * Owns a native engine with the runtime that loaded it and the logger of both. Questions may be
 * asked from any thread; {@link #close} when nobody does.
 */
final class EngineHandle implements AutoCloseable {

  private final BuildLog log;
  private final LoggerBridge logger;
  private final Owned<IRuntime> runtime;
  private final Owned<ICudaEngine> engine;
  private boolean isClosed;

  private EngineHandle(
      BuildLog log, LoggerBridge logger, Owned<IRuntime> runtime, Owned<ICudaEngine> engine) {
    this.log = log;
    this.logger = logger;
    this.runtime = runtime;
    this.engine = engine;
  }

  /**
   * Loads a plan.
   *
   * @param isTrusted whether code in the plan may run on the host
   * @throws EngineLoadException if TensorRT refuses it
   * @throws TensorRtException if there is no runtime
   */
  static EngineHandle load(byte[] plan, boolean isTrusted) {
    TensorRtVersion running = TensorRtCalls.version();
    PlanHeader.requireRoom(plan, running);
    if (!isTrusted) {
      PlanHeader.requireVersion(plan, running);
    }
    BuildLog log = BuildLog.create();
    LoggerBridge logger = new LoggerBridge(log);
    EngineHandle loaded = null;
    try {
      Owned<IRuntime> runtime = newRuntime(log, logger);
      runtime.get().setEngineHostCodeAllowed(isTrusted);
      loaded = load(log, logger, runtime, plan);
      return loaded;
    } finally {
      if (loaded == null) {
        logger.close();
      }
    }
  }

  /**
   * Makes a runtime.
   *
   * @throws TensorRtException if TensorRT cannot
   */
  static Owned<IRuntime> newRuntime(BuildLog log, LoggerBridge logger) {
    IRuntime runtime = nvinfer.createInferRuntime(logger);
    // TensorRT 10.6 was seen to log an error and return an address that is not null.
    return Owned.of("a runtime", log.errors().isEmpty() ? runtime : null, FactoryMade::delete, log);
  }

  private static EngineHandle load(
      BuildLog log, LoggerBridge logger, Owned<IRuntime> runtime, byte[] plan) {
    ICudaEngine engine = null;
    try (BytePointer bytes = new BytePointer(plan)) {
      engine = runtime.get().deserializeCudaEngine(bytes, plan.length);
      if (engine == null || engine.isNull()) {
        engine = null;
        throw PlanHeader.refusal(plan, TensorRtCalls.version(), log.errors());
      }
      return new EngineHandle(
          log, logger, runtime, Owned.of("the engine", engine, FactoryMade::delete, log));
    } finally {
      if (engine == null) {
        runtime.close();
      }
    }
  }

  ICudaEngine engine() {
    return engine.get();
  }

  BuildLog log() {
    return log;
  }

  /** Makes a context with device memory of its own. */
  Owned<IExecutionContext> newContext() {
    return Owned.of(
        "an execution context", engine().createExecutionContext(), FactoryMade::delete, log);
  }

  /** Makes a context that uses a profile; the first one is that of any new context. */
  Owned<IExecutionContext> newContext(int profile, CudaStream stream) {
    Owned<IExecutionContext> context = newContext();
    boolean isReady = false;
    try {
      isReady = profile == 0 || selects(profile, context.get(), stream);
    } finally {
      if (!isReady) {
        context.close();
      }
    }
    if (!isReady) {
      throw new TensorRtException(
          "optimization profile %s cannot be used: %s".formatted(profile, log.reason()));
    }
    return context;
  }

  private static boolean selects(int profile, IExecutionContext context, CudaStream stream) {
    boolean isQueued = context.setOptimizationProfileAsync(profile, stream.handle());
    stream.synchronize();
    return isQueued;
  }

  /** What goes in. */
  List<EngineTensor> inputs() {
    return tensors(name -> isInput(name));
  }

  /** What comes out. */
  List<EngineTensor> outputs() {
    return tensors(name -> !isInput(name));
  }

  /** How many optimization profiles there are, one where all shapes are fixed. */
  int profileCount() {
    return engine().getNbOptimizationProfiles();
  }

  /** The shapes that an optimization profile has for an input. */
  ShapeRange range(EngineTensor input, int profile) {
    if (!input.isDynamic()) {
      Shape fixed = Shape.of(input.dimensions().stream().mapToLong(Long::longValue).toArray());
      return new ShapeRange(fixed, fixed, fixed);
    }
    return new ShapeRange(
        profileShape(input.name(), profile, OptProfileSelector.kMIN),
        profileShape(input.name(), profile, OptProfileSelector.kOPT),
        profileShape(input.name(), profile, OptProfileSelector.kMAX));
  }

  /** Whether TensorRT reads or writes the tensor in memory of the host. */
  boolean isOnHost(String name) {
    return engine().getTensorLocation(name).value == TensorLocation.kHOST.value;
  }

  /**
   * All that the inspector tells of the layers, as JSON; no layers where it tells nothing. Types
   * and formats of layers with dynamic shapes are those at the best shapes of the profile: without
   * a context it tells none.
   */
  String layersAsJson() {
    try (Owned<IExecutionContext> context = newContext();
        Owned<IEngineInspector> inspector =
            Owned.of(
                "an engine inspector",
                engine().createEngineInspector(),
                FactoryMade::delete,
                log)) {
      inputs().stream()
          .filter(EngineTensor::isDynamic)
          .forEach(input -> setBestShape(context.get(), input.name()));
      if (!inspector.get().setExecutionContext(context.get())) {
        throw new TensorRtException("layers of the engine are not told: " + log.reason());
      }
      @Nullable String told = inspector.get().getEngineInformation(LayerInformationFormat.kJSON);
      return told == null || told.isBlank() ? "{\"Layers\": []}" : told;
    }
  }

  private void setBestShape(IExecutionContext context, String input) {
    try (Dims64 best = engine().getProfileShape(input, 0, OptProfileSelector.kOPT)) {
      if (!context.setInputShape(input, best)) {
        throw new TensorRtException(
            "input '%s' does not take the best shape of its profile: %s"
                .formatted(input, log.reason()));
      }
    }
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      engine.close();
      runtime.close();
      logger.close();
    }
  }

  private List<EngineTensor> tensors(Predicate<String> isWanted) {
    List<EngineTensor> tensors = new ArrayList<>();
    for (int index = 0; index < engine().getNbIOTensors(); index++) {
      String name = engine().getIOTensorName(index);
      if (isWanted.test(name)) {
        tensors.add(
            new EngineTensor(
                name,
                ElementTypes.of(name, engine().getTensorDataType(name).value),
                NativeDimensions.boxed(engine().getTensorShape(name))));
      }
    }
    return List.copyOf(tensors);
  }

  private boolean isInput(String name) {
    return engine().getTensorIOMode(name).value == TensorIOMode.kINPUT.value;
  }

  private Shape profileShape(String name, int profile, OptProfileSelector selector) {
    long[] dimensions = NativeDimensions.take(engine().getProfileShape(name, profile, selector));
    if (dimensions == null) {
      throw new TensorRtException(
          "engine has no optimization profile %s for its input '%s'".formatted(profile, name));
    }
    return Shape.of(dimensions);
  }
}
