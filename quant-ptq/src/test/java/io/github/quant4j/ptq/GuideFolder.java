/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.Calibrator;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.qdq.ExposeObservationPoints;
import io.github.quant4j.onnx.qdq.QdqPlanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What the code of the guide finds: a model and samples in a folder.
 *
 * @param path the folder
 * @param floatModel the model in it
 */
record GuideFolder(Path path, OnnxModel floatModel) {
  static final int SAMPLE_COUNT = 64;

  static GuideFolder in(Path path) throws IOException {
    OnnxModel model = TestSamples.model("resnet20_fp32");
    model.write(path.resolve("model.onnx"));
    TestSamples.writeNpz(path.resolve("samples.npz"), SAMPLE_COUNT);
    TestSamples.writeNpz(path.resolve("held_out.npz"), 8);
    return new GuideFolder(path, model);
  }

  /** Returns a builder as the guide makes it from the parts. */
  Calibrator.Builder builder() {
    OnnxModel observed = floatModel.copy();
    PassPipeline.normalization().run(observed);
    SortedSet<String> points = QdqPlanner.create().plan(observed).observationPoints();
    ExposeObservationPoints.of(points).run(observed);
    return Calibrator.builder(observed.toByteArray(), points).histograms(true);
  }

  /** Returns the samples in the folder, in batches of 8. */
  static CalibrationSource samples() {
    return TestSamples.images(SAMPLE_COUNT, 8);
  }

  /** Returns all batches of a source, which it closes. */
  static List<TensorBatch> all(CalibrationSource source) throws IOException {
    List<TensorBatch> batches = new ArrayList<>();
    try (source) {
      for (Optional<TensorBatch> next = source.next(); next.isPresent(); next = source.next()) {
        batches.add(next.get());
      }
    }
    return batches;
  }
}
