/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans within the ranges of a table. */
class MissingRangesTest {
  private static CalibrationTable tableOf(Collection<String> tensors) {
    CalibrationTable.Builder table = CalibrationTable.builder();
    tensors.forEach(tensor -> table.put(tensor, TensorCalibration.of(new ValueRange(-1, 1))));
    return table.build();
  }

  private static OnnxModel residualBlock() {
    ModelBuilder builder = ModelBuilder.create();
    String stem = builder.conv("stem", builder.input("x", 2, 16, 8, 8), 16, 16, 3);
    String one = builder.conv("one", stem, 16, 16, 3);
    String two = builder.conv("two", one, 16, 16, 3);
    String last = builder.conv("last", builder.sum("add", two, stem), 16, 16, 1);
    return builder.output(last).build();
  }

  @Test
  void plan_completeTable_isThePlanWithoutOne() {
    OnnxModel model = residualBlock();
    QuantizationPlan plan = Plans.planner().plan(model);

    QuantizationPlan within = Plans.planner().plan(model, tableOf(plan.observationPoints()));

    assertThat(within.toJson()).isEqualTo(plan.toJson());
  }

  @Test
  void plan_missingTensor_leavesItsReadersFloatAndSaysWhy() {
    OnnxModel model = residualBlock();

    QuantizationPlan plan = Plans.planner().plan(model, tableOf(List.of("x", "one", "add")));

    assertThat(Plans.decision(plan, "stem")).startsWith("INT8");
    assertThat(Plans.decision(plan, "two")).startsWith("INT8");
    assertThat(plan.decision("one").orElseThrow())
        .hasToString("Conv \"one\" float (the calibration table has no range of tensor \"stem\")");
    assertThat(plan.notes())
        .anyMatch(
            note ->
                note.matches(
                    "calibration: the table has no range of 1 tensors, first \"stem\"; \\d+"
                        + " operators that need them stay float"));
  }

  @Test
  void plan_tableOfAnotherModel_isRefused() {
    assertThatThrownBy(() -> Plans.planner().plan(residualBlock(), tableOf(List.of("other"))))
        .isInstanceOf(OnnxException.class)
        .hasMessageContainingAll("1 tensors, first \"other\"", "none of the", "calibrate it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet20_fp32", "mobilenet_fp32"})
  void plan_anyPartOfTheTensors_isCarriedOutWithThatPart(String name) throws IOException {
    OnnxModel model = OnnxModel.read(Path.of("..", "data", "models", name + ".onnx"));
    PassPipeline.normalization().run(model);
    for (Target target : Target.values()) {
      QdqPlanner planner = Plans.planner().forTarget(target);
      List<String> points = List.copyOf(planner.plan(model).observationPoints());
      for (long seed = 0; seed < 20; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        double kept = random.nextDouble();
        List<String> part = points.stream().filter(point -> random.nextDouble() < kept).toList();
        if (!part.isEmpty()) {
          CalibrationTable table = tableOf(part);
          QuantizationPlan plan = planner.plan(model, table);

          assertThat(part).as("seed %s", seed).containsAll(plan.observationPoints());
          boolean isAnyQuantized = !plan.activationPairs().isEmpty();
          assertThat(InsertQuantizeDequantize.of(plan, table, target).run(model.copy()))
              .as("seed %s", seed)
              .isEqualTo(isAnyQuantized);
        }
      }
    }
  }
}
