/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.EngineBuilder;
import io.github.quant4j.tensorrt.EngineTimer;
import io.github.quant4j.tensorrt.ShapeProfile;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a user chose of a comparison. Not changed once it is handed out. */
final class ComparisonSettings {
  final @Nullable OnnxModel model;
  @Nullable CalibrationSource calibration;
  @Nullable CalibrationSource test;
  long @Nullable [] labels;
  @Nullable Set<EngineKind> kinds;

  /** 0 where the model or a profile says it. */
  int batchSize;

  @Nullable ShapeProfile profile;
  EngineTimer timer = EngineTimer.create();
  UnaryOperator<EngineBuilder> engine = UnaryOperator.identity();
  @Nullable Path folder;
  UnaryOperator<PostTrainingQuantization> quantization = UnaryOperator.identity();
  List<EngineCandidate> added = List.of();
  Consumer<EngineRow> listener = row -> {};
  RecommendationRule rule = RecommendationRule.DEFAULT;

  ComparisonSettings(@Nullable OnnxModel model) {
    this.model = model;
  }

  ComparisonSettings with(Consumer<ComparisonSettings> change) {
    ComparisonSettings copy = new ComparisonSettings(model);
    copy.calibration = calibration;
    copy.test = test;
    copy.labels = labels;
    copy.kinds = kinds;
    copy.batchSize = batchSize;
    copy.profile = profile;
    copy.timer = timer;
    copy.engine = engine;
    copy.folder = folder;
    copy.quantization = quantization;
    copy.added = added;
    copy.listener = listener;
    copy.rule = rule;
    change.accept(copy);
    return copy;
  }

  /** Returns the kinds to build, in their own order. */
  Set<EngineKind> wantedKinds() {
    Set<EngineKind> wanted = EnumSet.noneOf(EngineKind.class);
    if (kinds != null) {
      wanted.addAll(kinds);
    } else if (model != null) {
      EnumSet.allOf(EngineKind.class).stream()
          .filter(kind -> calibration != null || !kind.needsCalibration())
          .forEach(wanted::add);
    }
    return wanted;
  }

  /** Returns the float model, of which kinds are built. */
  OnnxModel floatModel() {
    if (model == null) {
      throw new VerificationException("there is no float model to build an engine of; give one");
    }
    return model;
  }

  /** Returns the samples that kinds of INT8 are made with. */
  CalibrationSource calibrationSource() {
    if (calibration == null) {
      throw new VerificationException(
          "INT8 needs calibration samples, and none were given; give some, or leave it out");
    }
    return calibration;
  }
}
