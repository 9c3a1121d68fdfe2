/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.QuantizationException;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.InlineFunctions;
import io.github.quant4j.onnx.qdq.StripQuantizeDequantize;
import io.github.quant4j.onnx.qdq.Target;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends models that another tool quantized, so that TensorRT takes them, computes what was trained,
 * and fuses what it can.
 *
 * <p>Run on its own output it changes nothing. Costs a few walks over the graph, and time for
 * weights that have to be quantized anew. Immutable and thread-safe; {@code with...} returns a
 * changed copy.
 */
public final class QdqRepair {
  private static final Logger LOGGER = LoggerFactory.getLogger(QdqRepair.class);

  /** More than any model was seen to need; an end for passes that undo one another. */
  private static final int MOST_ROUNDS = 10;

  private final RepairOptions options;

  private QdqRepair(RepairOptions options) {
    this.options = options;
  }

  /**
   * Returns the repair for TensorRT, without data: what only data can decide is refused.
   *
   * @return the repair
   */
  public static QdqRepair create() {
    return new QdqRepair(RepairOptions.defaults());
  }

  /**
   * Chooses the runtime the repaired model is for.
   *
   * @param target the runtime; {@link Target#TENSORRT} unless chosen
   * @return a changed copy
   */
  public QdqRepair withTarget(Target target) {
    return new QdqRepair(options.withTarget(requireNonNull(target, "target")));
  }

  /**
   * Gives ranges of tensors, from which is told what the model leaves open.
   *
   * @param ranges the ranges observed on the {@link #floatForm}, by tensor name; tensors may be
   *     missing
   * @return a changed copy
   */
  public QdqRepair withRanges(CalibrationTable ranges) {
    return new QdqRepair(options.withRanges(requireNonNull(ranges, "ranges")));
  }

  /**
   * Decides how uint8 codes with zero point 0 are read where neither model nor ranges tell (R05).
   *
   * @param reading how to read them; refused unless chosen
   * @return a changed copy
   */
  public QdqRepair withUndecidedCodes(CodeReading reading) {
    return new QdqRepair(options.withUndecided(requireNonNull(reading, "reading")));
  }

  /**
   * Returns the float model that a quantized one stands for, with the names of its tensors. Its
   * activations are not rounded, so wrong zero points do no harm there; ranges are observed on it,
   * for {@link #withRanges}.
   *
   * @param model a quantized model; not changed
   * @return a float model, and what to observe
   * @throws RepairException if a pass fails
   */
  public static FloatForm floatForm(OnnxModel model) {
    OnnxModel copy = model.copy();
    RepairContext context = new RepairContext(copy, RepairOptions.floatForm());
    Census before = Census.of(model.graph());
    run(RepairPasses.form(), context, before);
    SortedSet<String> points = ObservationPoints.of(copy.graph());
    points.addAll(ObservationPoints.quantizedDynamically(model.graph(), copy.graph()));
    run(RepairPasses.rectification(), context, before);
    new StripQuantizeDequantize().run(copy);
    return new FloatForm(copy, points);
  }

  /**
   * Finds what is wrong with a model and what would become of it.
   *
   * @param model any model, quantized or not; not changed
   * @return the report
   * @throws RepairException if a pass fails
   */
  public RepairReport examine(OnnxModel model) {
    return repair(model).report();
  }

  /**
   * Repairs a model.
   *
   * @param model a quantized model; not changed
   * @return the repaired model with the report
   * @throws RepairException if a defect is left that makes the model unfit, or a pass fails
   */
  public RepairedModel run(OnnxModel model) {
    RepairedModel repaired = repair(model);
    if (repaired.report().hasRefusedErrors()) {
      throw new RepairException(refusal(repaired.report()), repaired.report());
    }
    if (options.target() == Target.TENSORRT) {
      requireLegal(repaired);
    }
    return repaired;
  }

  /** The passes have said that all is well; nobody takes their word for it. */
  private static void requireLegal(RepairedModel repaired) {
    List<String> breaches = TensorRtContract.breaches(repaired.model());
    if (!breaches.isEmpty()) {
      throw new RepairException(
          "the repaired model is not what TensorRT takes: %s%s; export it anew, or report this"
              .formatted(breaches.get(0), more(breaches)),
          repaired.report());
    }
  }

  private RepairedModel repair(OnnxModel model) {
    OnnxModel copy = model.copy();
    RepairContext context = new RepairContext(copy, options);
    Census before = Census.of(model.graph());
    if (!isQuantized(model)) {
      return new RepairedModel(copy, model.copy(), report(context, before));
    }
    run(RepairPasses.form(), context, before);
    run(RepairPasses.numbers(), context, before);
    OnnxModel baseline = copy.copy();
    boolean isChanged = run(RepairPasses.placement(), context, before);
    for (int round = 1; isChanged && round < MOST_ROUNDS; round++) {
      context.startRound();
      isChanged = run(allPasses(), context, before);
    }
    return new RepairedModel(copy, baseline, report(context, before));
  }

  /** Tells whether there is anything that could want a repair, in the functions of a model too. */
  private static boolean isQuantized(OnnxModel model) {
    if (model.firstQuantizedNode().isPresent() || model.functions().isEmpty()) {
      return model.firstQuantizedNode().isPresent();
    }
    OnnxModel inlined = model.copy();
    return new InlineFunctions().run(inlined) && inlined.firstQuantizedNode().isPresent();
  }

  /** Passes that move pairs make work for those before them, so all run until none finds any. */
  private static List<RepairPass> allPasses() {
    return Stream.of(RepairPasses.form(), RepairPasses.numbers(), RepairPasses.placement())
        .flatMap(List::stream)
        .toList();
  }

  private static RepairReport report(RepairContext context, Census before) {
    return new RepairReport(context.findings(), before, Census.of(context.graph()));
  }

  private static boolean run(List<RepairPass> passes, RepairContext context, Census before) {
    boolean isChanged = false;
    for (RepairPass pass : passes) {
      String name = pass.getClass().getSimpleName();
      try {
        if (pass.run(context)) {
          isChanged = true;
          context.graphChanged();
          LOGGER.debug("repair pass {} changed the model", name);
        }
      } catch (QuantizationException e) {
        String message = "repair pass " + name + " failed: " + e.getMessage();
        throw new RepairException(message, report(context, before), e);
      }
    }
    return isChanged;
  }

  private static String refusal(RepairReport report) {
    List<Finding> errors =
        report.refused().stream()
            .filter(finding -> finding.defect().severity() == Severity.ERROR)
            .toList();
    return "the model cannot be repaired: " + errors.get(0) + more(errors);
  }

  private static String more(List<?> list) {
    return list.size() == 1 ? "" : " (and %s more)".formatted(list.size() - 1);
  }
}
