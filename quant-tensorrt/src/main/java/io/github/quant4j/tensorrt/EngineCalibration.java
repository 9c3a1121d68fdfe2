/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.file.Sha256;
import io.github.quant4j.core.tensor.Shape;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvinfer.OptProfileSelector;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.IOptimizationProfile;
import org.jspecify.annotations.Nullable;

/**
 * The calibration in one build: a feed, the native calibrator before it and the buffers behind it.
 * Closed after the configuration that holds the calibrator.
 */
@SuppressWarnings("deprecation")
final class EngineCalibration implements AutoCloseable {

  private final CalibrationFeed feed;
  private final CalibratorBridge bridge;

  private EngineCalibration(CalibrationFeed feed, CalibratorBridge bridge) {
    this.feed = feed;
    this.bridge = bridge;
  }

  /** Reads the cache or the first batch, and makes a native calibrator. */
  static EngineCalibration open(EngineCalibrator calibrator, byte[] onnx, NativeNetwork network)
      throws IOException {
    CalibrationRecipe recipe = CalibrationRecipe.of(calibrator);
    DeviceCalibrationBuffers[] buffers = new DeviceCalibrationBuffers[1];
    CalibrationFeed feed =
        CalibrationFeed.open(
            recipe,
            target(onnx, network),
            byteCounts -> {
              buffers[0] = DeviceCalibrationBuffers.allocate(byteCounts);
              return buffers[0];
            });
    EngineCalibration opened = null;
    try {
      opened =
          new EngineCalibration(
              feed,
              new CalibratorBridge(recipe.algorithm(), feed, input -> address(buffers[0], input)));
      return opened;
    } finally {
      if (opened == null) {
        feed.close();
      }
    }
  }

  /**
   * Sets the calibrator, and the shapes it is called with where the network leaves them open.
   *
   * @param profile the shapes of the engine, which stand in where a cache makes samples needless
   */
  void apply(IBuilder builder, IBuilderConfig config, @Nullable ShapeProfile profile) {
    config.setInt8Calibrator(bridge.handle());
    Map<String, Shape> shapes = feed.shapes();
    if (profile == null) {
      return;
    }
    Map<String, Shape> wanted = new LinkedHashMap<>();
    profile
        .ranges()
        .forEach((input, range) -> wanted.put(input, shapes.getOrDefault(input, range.opt())));
    IOptimizationProfile calibrationProfile = builder.createOptimizationProfile();
    wanted.forEach((input, shape) -> setShape(calibrationProfile, input, shape));
    if (!config.setCalibrationProfile(calibrationProfile)) {
      throw new EngineCalibrationException(
          "TensorRT does not calibrate with batches of shapes %s, expected shapes that fit the model"
              .formatted(wanted));
    }
  }

  /**
   * Throws what user code threw inside TensorRT.
   *
   * @throws EngineCalibrationException with the number of the batch
   */
  void verify() {
    feed.verify();
  }

  @Override
  public void close() {
    try (feed) {
      bridge.close();
    }
  }

  private static void setShape(IOptimizationProfile profile, String input, Shape shape) {
    try (Dims64 dimensions = NativeDimensions.allocate(shape.toArray())) {
      boolean isTaken =
          profile.setDimensions(input, OptProfileSelector.kMIN, dimensions)
              && profile.setDimensions(input, OptProfileSelector.kOPT, dimensions)
              && profile.setDimensions(input, OptProfileSelector.kMAX, dimensions);
      if (!isTaken) {
        throw new EngineCalibrationException(
            "calibration shape %s of input '%s' is refused by TensorRT".formatted(shape, input));
      }
    }
  }

  private static Pointer address(@Nullable DeviceCalibrationBuffers buffers, String input) {
    if (buffers == null) {
      throw new IllegalStateException("no buffers for input '%s'".formatted(input));
    }
    return buffers.pointer(input);
  }

  private static CalibrationTarget target(byte[] onnx, NativeNetwork network) {
    Set<String> tensors = new HashSet<>();
    network.tensors(tensor -> tensors.add(tensor.getName()));
    return new CalibrationTarget(
        digest(onnx), network.description().inputs(), tensors, nvinfer.getInferLibVersion());
  }

  private static String digest(byte[] onnx) {
    MessageDigest digest = Sha256.create();
    digest.update(onnx);
    return Sha256.text(digest);
  }
}
