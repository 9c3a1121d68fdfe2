/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvinfer.BuilderFlag;
import org.bytedeco.tensorrt.global.nvinfer.OptProfileSelector;
import org.bytedeco.tensorrt.global.nvonnxparser;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.IOptimizationProfile;
import org.bytedeco.tensorrt.nvonnxparser.IParser;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Q9: which first lines of a calibration cache TensorRT takes. Goes past {@link
 * CalibrationCacheFile}, which passes on those of this major version only. Needs a GPU.
 */
@Tag("gpu")
@SuppressWarnings("deprecation")
class CalibrationCacheHeaderGpuTest {

  private final BuildLog log = BuildLog.create();

  /** Version 0 stands for the one of this TensorRT, 1 for its next patch. */
  @ParameterizedTest
  @CsvSource({
    "0, MIN_MAX, true",
    "1, MIN_MAX, true",
    "100300, MIN_MAX, true",
    "8603, MIN_MAX, false",
    "0, ENTROPY_2, false"
  })
  void header_ofVersionAndAlgorithm_isTakenOrNot(
      int version, CalibrationAlgorithm algorithm, boolean expected) throws IOException {
    int running = nvinfer.getInferLibVersion();
    int written = version < 100 ? running + version : version;

    boolean isTaken = isTaken(written, algorithm);

    assertThat(isTaken)
        .as("%s, read by %s", algorithm.header(written), running)
        .isEqualTo(expected);
  }

  /** Builds with a MinMax calibrator that has a cache and no samples. */
  private boolean isTaken(int version, CalibrationAlgorithm written) throws IOException {
    byte[] onnx = Files.readAllBytes(FashionMnist.RESNET);
    try (BuilderHandle handle = BuilderHandle.create(log).orElseThrow();
        Owned<INetworkDefinition> network =
            Owned.of("a network", handle.builder().createNetworkV2(0), FactoryMade::delete, log);
        Owned<IParser> parser =
            Owned.of(
                "a parser",
                nvonnxparser.createParser(network.get(), handle.logger()),
                FactoryMade::delete,
                log);
        BytePointer bytes = new BytePointer(onnx)) {
      NativeNetwork parsed =
          NativeNetwork.parse(
              OnnxInput.of(FashionMnist.RESNET),
              new ParserInput(parser.get(), bytes),
              network.get(),
              log);
      try (CalibrationFeed feed = feed(parsed, version, written)) {
        return build(handle.builder(), network.get(), feed);
      }
    }
  }

  private boolean build(IBuilder builder, INetworkDefinition network, CalibrationFeed feed) {
    CalibratorBridge bridge =
        new CalibratorBridge(
            CalibrationAlgorithm.MIN_MAX,
            feed,
            input -> {
              throw new IllegalStateException("no buffer of " + input);
            });
    try (bridge;
        Owned<IBuilderConfig> config =
            Owned.of("a configuration", builder.createBuilderConfig(), FactoryMade::delete, log)) {
      config.get().addOptimizationProfile(onePicture(builder));
      config.get().setCalibrationProfile(onePicture(builder));
      config.get().setFlag(BuilderFlag.kINT8);
      config.get().setBuilderOptimizationLevel(0);
      config.get().setInt8Calibrator(bridge.handle());
      IHostMemory plan = builder.buildSerializedNetwork(network, config.get());
      boolean isBuilt = plan != null && !plan.isNull();
      if (isBuilt) {
        FactoryMade.delete(plan);
      }
      return isBuilt && !hasAskedForSamples(feed);
    }
  }

  private static IOptimizationProfile onePicture(IBuilder builder) {
    IOptimizationProfile profile = builder.createOptimizationProfile();
    try (Dims64 shape = NativeDimensions.allocate(Shape.of(1, 1, 32, 32).toArray())) {
      profile.setDimensions("input", OptProfileSelector.kMIN, shape);
      profile.setDimensions("input", OptProfileSelector.kOPT, shape);
      profile.setDimensions("input", OptProfileSelector.kMAX, shape);
    }
    return profile;
  }

  private static boolean hasAskedForSamples(CalibrationFeed feed) {
    try {
      feed.verify();
      return false;
    } catch (EngineCalibrationException e) {
      return true;
    }
  }

  /** A feed of a cache with a range for every tensor. */
  private static CalibrationFeed feed(
      NativeNetwork network, int version, CalibrationAlgorithm algorithm) throws IOException {
    Set<String> tensors = new HashSet<>();
    network.tensors(tensor -> tensors.add(tensor.getName()));
    CalibrationTable.Builder table = CalibrationTable.builder();
    tensors.stream()
        .sorted()
        .forEach(tensor -> table.put(tensor, TensorCalibration.of(new ValueRange(-4, 4))));
    return CalibrationFeed.open(
        new CalibrationRecipe(algorithm, null, null, table.build()),
        new CalibrationTarget("", network.description().inputs(), tensors, version),
        byteCounts -> {
          throw new IllegalStateException("no buffers of " + byteCounts);
        });
  }
}
