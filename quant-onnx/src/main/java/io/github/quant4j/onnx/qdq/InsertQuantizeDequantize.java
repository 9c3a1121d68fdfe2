/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.half.ConvertToHalf;
import io.github.quant4j.onnx.pass.GraphPass;
import io.github.quant4j.onnx.pass.RemoveUnused;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Carries out a {@link QuantizationPlan} with the ranges of a {@link CalibrationTable}.
 *
 * <ol>
 *   <li>Activations: {@code t -> QuantizeLinear -> DequantizeLinear} before the first reader of the
 *       pair; int8, scale = absmax / 127, one scale, zero point 0 of rank 0 written out.
 *   <li>Weights: int8 codes in [-127, 127] behind a DequantizeLinear that takes the name of the
 *       weight, so that readers stay as they are; a weight that others read as float stays beside.
 *       Or, as {@link WeightForm#FLOAT_WITH_PAIRS}, the float constant behind a pair.
 *   <li>Biases: rounded to units of input scale times weight scale, in the {@link BiasForm} asked
 *       for. Where the weights of an output channel are all but zero beside its bias, their scale
 *       is raised until the bias fits 31 bits.
 * </ol>
 *
 * <p>The plan is carried out as {@link QuantizationPlan#settled} by the table. New names are made
 * of the tensor's: {@code t_QuantizeLinear}, {@code t_DequantizeLinear}, {@code t_quantized},
 * {@code t_dequantized}, {@code t_scale}. The same plan, table and model give the same bytes.
 * {@link QdqInvariants} are checked on the result.
 */
public final class InsertQuantizeDequantize implements GraphPass {
  /** Int8 weights behind DequantizeLinear with axis, and opset 13, are part of this IR version. */
  private static final long SMALLEST_IR_VERSION = 7;

  private final QuantizationPlan plan;
  private final CalibrationTable table;
  private final Target target;
  private final BiasForm biasForm;
  private final WeightForm weightForm;
  private final BuildMode mode;
  private final BiasShifts shifts;

  private InsertQuantizeDequantize(
      QuantizationPlan plan,
      CalibrationTable table,
      Target target,
      BiasForm biasForm,
      WeightForm weightForm,
      BuildMode mode,
      BiasShifts shifts) {
    this.plan = Objects.requireNonNull(plan, "plan");
    this.table = Objects.requireNonNull(table, "table");
    this.target = Objects.requireNonNull(target, "target");
    this.biasForm = Objects.requireNonNull(biasForm, "biasForm");
    this.weightForm = Objects.requireNonNull(weightForm, "weightForm");
    this.mode = Objects.requireNonNull(mode, "mode");
    this.shifts = shifts;
  }

  /**
   * Returns the pass that carries out a plan in mode W, with biases as the target takes them.
   *
   * @param plan the plan, made for the model the pass is run on
   * @param table ranges of all of the plan's observation points
   * @param target the runtime the model is for
   * @return the pass
   */
  public static InsertQuantizeDequantize of(
      QuantizationPlan plan, CalibrationTable table, Target target) {
    return new InsertQuantizeDequantize(
        plan,
        table,
        target,
        target.biasForm(),
        WeightForm.INT8,
        BuildMode.WEAKLY_TYPED,
        new BiasShifts(Map.of()));
  }

  /**
   * Returns a copy that writes biases in another form.
   *
   * @param form the form
   * @return the copy
   */
  public InsertQuantizeDequantize withBiasForm(BiasForm form) {
    return new InsertQuantizeDequantize(plan, table, target, form, weightForm, mode, shifts);
  }

  /**
   * Returns a copy that stores weights in another form.
   *
   * @param form the form; {@link WeightForm#INT8} when not said
   * @return the copy
   */
  public InsertQuantizeDequantize withWeightForm(WeightForm form) {
    return new InsertQuantizeDequantize(plan, table, target, biasForm, form, mode, shifts);
  }

  /**
   * Returns a copy that makes the model for another build mode. In mode S the scales are rounded to
   * float16 before codes and biases are computed from them, and the float remainder is converted by
   * {@link ConvertToHalf} with the ranges of the table; biases must be floats.
   *
   * @param wanted the mode
   * @return the copy
   */
  public InsertQuantizeDequantize withBuildMode(BuildMode wanted) {
    return new InsertQuantizeDequantize(plan, table, target, biasForm, weightForm, wanted, shifts);
  }

  /**
   * Returns a copy that takes the systematic part of the quantization error off the biases, before
   * they are rounded: {@code b[c] - d[c]}, in float32. An operator without bias gets {@code -d}.
   *
   * @param wanted by name of a quantized node that {@link ExposeChannelMeans#operators} holds, one
   *     finite number per output channel: how far its INT8 output lies above the float one on
   *     average; copied, none when not said
   * @return the copy
   */
  public InsertQuantizeDequantize withBiasCorrection(Map<String, float[]> wanted) {
    return new InsertQuantizeDequantize(
        plan, table, target, biasForm, weightForm, mode, new BiasShifts(wanted));
  }

  /**
   * Inserts the pairs.
   *
   * @param model the model the plan was made for; changed in place
   * @return true when the plan quantizes anything; false, and no change, for a model that holds
   *     Q/DQ already
   * @throws OnnxException if the table lacks a tensor, the plan names a node or tensor the model
   *     does not have, a weight or bias is not finite, or mode S meets an opset before 19 or biases
   *     in INT32; the model is then as it was
   */
  @Override
  public boolean run(OnnxModel model) {
    if (plan.activationPairs().isEmpty() || model.firstQuantizedNode().isPresent()) {
      return false;
    }
    requireFitFor(model);
    QdqInvariants invariants = QdqInvariants.of(model.graph());
    InsertionContext context = new InsertionContext(model.graph());
    QuantizationPlan settled = plan.settled(table);
    ActivationInsertion activations =
        new ActivationInsertion(context, new ObservedRanges(table), mode);
    WeightInsertion weights = new WeightInsertion(context, mode);
    shifts.requireFit(settled, model.graph());
    List<BiasQuantization> roundings = shifts.biases(settled, context);
    BiasInsertion biases = new BiasInsertion(context, activations, weights, shifts);
    settled.activationPairs().forEach(activations::chooseScale);
    settled.weights().forEach(weights::chooseScales);
    roundings.forEach(biases::raiseWeightScales);
    weights.roundScales();
    roundings.forEach(biases::chooseCodes);

    settled.activationPairs().forEach(activations::insert);
    biases.insert(biasForm);
    settled.weights().forEach(weight -> weights.insert(weight, weightForm));
    new RemoveUnused().run(model);
    model.raiseIrVersion(SMALLEST_IR_VERSION);
    if (mode == BuildMode.STRONGLY_TYPED) {
      ConvertToHalf.create().withRanges(table).run(model);
    }
    QuantizationManifest.write(model, mode, table, target, biasForm);
    invariants.check(model.graph());
    return true;
  }

  private void requireFitFor(OnnxModel model) {
    if (mode == BuildMode.STRONGLY_TYPED) {
      ConvertToHalf.requireOpset(model);
      if (biasForm != BiasForm.FLOAT) {
        throw new OnnxException(
            "mode S needs biases as floats, found bias form %s for target %s; ask for bias form %s"
                .formatted(biasForm, target, BiasForm.FLOAT));
      }
    }
  }
}
