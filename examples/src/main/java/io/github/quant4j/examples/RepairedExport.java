/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.lint.LintReport;
import io.github.quant4j.onnx.lint.Linter;
import io.github.quant4j.onnx.repair.Severity;
import io.github.quant4j.ptq.ModelRepair;
import io.github.quant4j.ptq.RepairResult;
import io.github.quant4j.ptq.TopOneAccuracy;
import io.github.quant4j.ptq.Verification;
import io.github.quant4j.ptq.VerificationReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * Repairs a residual network that PyTorch quantized and exported, and shows what that brings.
 *
 * <p>As exported, its zero points are of the wrong type, so that it answers wrongly, and TensorRT
 * refuses it for its Casts and biases. The network, 512 training images whose ranges tighten the
 * repaired scales, and 200 test images with their classes are part of the program. Argument: the
 * folder to write the repaired model to, {@code repaired-export} when not given.
 */
public final class RepairedExport {
  private static final int BATCH_SIZE = 100;

  private RepairedExport() {}

  /**
   * Runs the example.
   *
   * @param arguments the output folder, optional
   * @throws IOException if the folder cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    run(Path.of(arguments.length > 0 ? arguments[0] : "repaired-export"), System.out);
  }

  static TopOneAccuracy run(Path folder, PrintStream out) throws IOException {
    OnnxModel exported = exported();
    LintReport findings = Linter.create().lint(exported);
    out.printf(
        Locale.ROOT,
        "lint     %d errors, %d warnings, %d notes%n",
        findings.count(Severity.ERROR),
        findings.count(Severity.WARNING),
        findings.count(Severity.NOTE));

    RepairResult repaired;
    IdxFile calibrationImages = FashionMnist.resource("calibration-images-idx3-ubyte.gz");
    try (CalibrationSource samples = FashionMnist.images(calibrationImages, BATCH_SIZE)) {
      repaired = ModelRepair.of(exported).run(samples);
    }
    out.printf("before   %s%n", repaired.report().before());
    out.printf("after    %s%n", repaired.report().after());

    TopOneAccuracy topOne = compare(exported, repaired.model());
    out.printf(
        Locale.ROOT,
        "top-1    exported %.4f, repaired %.4f on %d test images%n",
        topOne.reference(),
        topOne.quantized(),
        topOne.sampleCount());

    Files.createDirectories(folder);
    Path file = folder.resolve("resnet20_repaired.onnx");
    repaired.write(file);
    out.printf("file     %s%n", file);
    return topOne;
  }

  private static OnnxModel exported() throws IOException {
    try (InputStream model =
        new GZIPInputStream(FashionMnist.open("/models/resnet20_eager_int8.onnx.gz"))) {
      return OnnxModel.of(model.readAllBytes());
    }
  }

  private static TopOneAccuracy compare(OnnxModel exported, OnnxModel repaired) throws IOException {
    IdxFile testImages = FashionMnist.resource("test-images-idx3-ubyte.gz");
    long[] labels = FashionMnist.labels(FashionMnist.resource("test-labels-idx1-ubyte.gz"));
    try (CalibrationSource samples = FashionMnist.images(testImages, BATCH_SIZE)) {
      VerificationReport report =
          Verification.of(exported, repaired).labels(labels).tensorSamples(0).run(samples);
      return report.topOne().orElseThrow();
    }
  }
}
