/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.PostTrainingQuantization;
import io.github.quant4j.ptq.QuantizedModel;
import io.github.quant4j.ptq.TopOneAccuracy;
import io.github.quant4j.ptq.Verification;
import io.github.quant4j.ptq.VerificationReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Turns a residual network that tells clothes apart into INT8 and shows what that cost and brought.
 *
 * <p>The network, 512 training images for calibration and 200 test images with their classes are
 * part of the program. Argument: the folder to write the models to, {@code fashion-mnist-resnet}
 * when not given.
 */
public final class FashionMnistResNet {
  private static final int BATCH_SIZE = 100;

  private FashionMnistResNet() {}

  /**
   * Runs the example.
   *
   * @param arguments the output folder, optional
   * @throws IOException if the folder cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length > 0 ? arguments[0] : "fashion-mnist-resnet");
    run(folder, System.out);
  }

  static VerificationReport run(Path folder, PrintStream out) throws IOException {
    OnnxModel floatModel;
    try (InputStream model = FashionMnist.open("/models/resnet20_fp32.onnx")) {
      floatModel = OnnxModel.of(model.readAllBytes());
    }
    IdxFile calibrationImages = FashionMnist.resource("calibration-images-idx3-ubyte.gz");
    IdxFile testImages = FashionMnist.resource("test-images-idx3-ubyte.gz");
    long[] labels = FashionMnist.labels(FashionMnist.resource("test-labels-idx1-ubyte.gz"));

    QuantizedModel int8;
    try (CalibrationSource samples = FashionMnist.images(calibrationImages, BATCH_SIZE)) {
      int8 = PostTrainingQuantization.of(floatModel).run(samples);
    }
    VerificationReport report;
    try (CalibrationSource samples = FashionMnist.images(testImages, BATCH_SIZE)) {
      report = Verification.of(floatModel, int8.model()).labels(labels).run(samples);
    }

    Files.createDirectories(folder);
    Path floatFile = folder.resolve("resnet20_fp32.onnx");
    Path int8File = folder.resolve("resnet20_int8.onnx");
    floatModel.write(floatFile);
    int8.write(int8File);

    printAccuracy(out, report);
    printSizes(out, Files.size(floatFile), Files.size(int8File));
    printLatency(out, floatModel, int8.model(), testImages);
    printWorstTensors(out, report);
    out.printf("files    %s%n         %s%n", floatFile, int8File);
    return report;
  }

  private static void printAccuracy(PrintStream out, VerificationReport report) {
    TopOneAccuracy topOne = report.topOne().orElseThrow();
    out.printf(
        Locale.ROOT,
        "top-1    float %.4f, INT8 %.4f on %d test images (%+.2f points), same class for %.2f %%%n",
        topOne.reference(),
        topOne.quantized(),
        topOne.sampleCount(),
        0 - topOne.dropPoints(),
        100.0 * topOne.agreeing() / topOne.sampleCount());
  }

  private static void printSizes(PrintStream out, long floatSize, long int8Size) {
    out.printf(
        Locale.ROOT,
        "size     float %,d bytes, INT8 %,d bytes (%.1f %%)%n",
        floatSize,
        int8Size,
        100.0 * int8Size / floatSize);
  }

  private static void printLatency(
      PrintStream out, OnnxModel floatModel, OnnxModel int8Model, IdxFile images)
      throws IOException {
    int threadCount = Runtime.getRuntime().availableProcessors();
    TensorBatch batch;
    try (CalibrationSource samples = FashionMnist.images(images, BATCH_SIZE)) {
      batch = samples.next().orElseThrow().slice(0, 1);
    }
    CpuLatency latency = CpuLatency.measure(floatModel, int8Model, batch, threadCount);
    out.printf(
        Locale.ROOT,
        "latency  float %.3f ms, INT8 %.3f ms per image on this CPU, %d threads%n",
        latency.firstMillis(),
        latency.secondMillis(),
        threadCount);
  }

  private static void printWorstTensors(PrintStream out, VerificationReport report) {
    out.println("worst    tensors by signal to quantization noise:");
    report
        .worstTensors(5)
        .forEach(
            tensor ->
                out.printf(
                    Locale.ROOT, "         %6.2f dB  %s%n", tensor.sqnrDecibels(), tensor.name()));
  }
}
