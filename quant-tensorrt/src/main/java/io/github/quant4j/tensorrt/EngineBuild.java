/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorrt.global.nvinfer.NetworkDefinitionCreationFlag;
import org.bytedeco.tensorrt.global.nvonnxparser;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvonnxparser.IParser;
import org.jspecify.annotations.Nullable;

/** One build, from the bytes of a model to a plan. Runs once, on one thread. */
final class EngineBuild {

  private final OnnxInput model;
  private final BuildOptions options;
  private final BuildLog log = BuildLog.create();
  private final long startNanos = System.nanoTime();
  private boolean isQuantized;

  EngineBuild(OnnxInput model, BuildOptions options) {
    this.model = model;
    this.options = options;
  }

  /** Builds, and then checks with the memory of the GPU free again. */
  EnginePlan run(byte[] onnx) throws IOException {
    EnginePlan plan = build(onnx);
    AnswerCheck check = options.check;
    return check == null
        ? plan
        : plan.with(
            EngineAnswers.verify(plan, check, check.minimumOr(options.minimumSqnr(isQuantized))));
  }

  private EnginePlan build(byte[] onnx) throws IOException {
    try (BuilderHandle handle =
            BuilderHandle.create(log).orElseThrow(() -> log.creationFailure("a builder"));
        Owned<INetworkDefinition> network = newNetwork(handle.builder());
        Owned<IParser> parser = newParser(handle, network.get());
        BytePointer bytes = new BytePointer(onnx)) {
      NativeNetwork parsed =
          NativeNetwork.parse(model, new ParserInput(parser.get(), bytes), network.get(), log);
      NetworkDescription description = parsed.description();
      BuildRules.verify(options, description);
      isQuantized = description.isQuantized();
      return build(handle.builder(), parsed, onnx);
    }
  }

  private EnginePlan build(IBuilder builder, NativeNetwork network, byte[] onnx)
      throws IOException {
    EngineCalibrator calibrator = options.calibrator;
    try (EngineCalibration calibration =
            calibrator == null ? null : EngineCalibration.open(calibrator, onnx, network);
        Owned<IBuilderConfig> config =
            Owned.of(
                "a builder configuration",
                builder.createBuilderConfig(),
                FactoryMade::delete,
                log)) {
      new BuildConfiguration(options, log).apply(builder, config.get(), network);
      if (calibration != null) {
        calibration.apply(
            builder, config.get(), options.profiles.isEmpty() ? null : options.profiles.get(0));
      }
      try (TimingCache cache = TimingCache.open(timingCache(), config.get(), log)) {
        byte[] plan =
            serialize(
                builder.buildSerializedNetwork(network.definition(), config.get()), calibration);
        cache.save();
        return new EnginePlan(plan, facts());
      }
    }
  }

  private byte[] serialize(@Nullable IHostMemory made, @Nullable EngineCalibration calibration) {
    if (made == null || made.isNull()) {
      verify(calibration);
      throw EngineBuildException.building(model.name(), log.errors());
    }
    try (Owned<IHostMemory> memory = Owned.of("a plan", made, FactoryMade::delete, log)) {
      verify(calibration);
      return HostBytes.copy(memory.get());
    }
  }

  /** A failure of the samples comes before what TensorRT made of it. */
  private static void verify(@Nullable EngineCalibration calibration) {
    if (calibration != null) {
      calibration.verify();
    }
  }

  private @Nullable Path timingCache() {
    Path chosen = options.timingCache;
    return options.hasTimingCache && chosen == null ? EngineBuilder.defaultTimingCache() : chosen;
  }

  private BuildFacts facts() {
    List<String> warnings = log.warnings().stream().map(BuildMessage::line).distinct().toList();
    return new BuildFacts(
        Duration.ofNanos(System.nanoTime() - startNanos),
        warnings,
        TensorRtCalls.version().toString(),
        CudaCalls.currentDevice(),
        options.isVersionCompatible,
        OptionsText.of(options));
  }

  private Owned<INetworkDefinition> newNetwork(IBuilder builder) {
    int flags =
        options.isStronglyTyped ? 1 << NetworkDefinitionCreationFlag.kSTRONGLY_TYPED.value : 0;
    return Owned.of("a network", builder.createNetworkV2(flags), FactoryMade::delete, log);
  }

  private Owned<IParser> newParser(BuilderHandle builder, INetworkDefinition network) {
    return Owned.of(
        "an ONNX parser",
        nvonnxparser.createParser(network, builder.logger()),
        FactoryMade::delete,
        log);
  }
}
