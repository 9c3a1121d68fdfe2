/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.AddQuantizationSwitches;
import io.github.quant4j.onnx.qdq.InsertQuantizeDequantize;
import io.github.quant4j.onnx.qdq.NodeDecision;
import io.github.quant4j.onnx.qdq.QdqPlanner;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.onnx.shape.MultiplyAccumulates;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what to leave float so that the outputs of the INT8 model keep their signal, and plans anew
 * with that (P54).
 *
 * <p>The arithmetic that may become float is limited: by default at least 81 % of the multiply-adds
 * stay INT8 in a convolutional network and 63 % in one whose arithmetic is for the greater part in
 * matrix products, or what plain planning gives where that is less. Operators whose multiply-adds
 * are not known stay INT8, since nothing says how much would become float with them.
 *
 * <p>Whatever the target, build mode and weight form wanted, the model that is measured has float
 * biases and float32 around its pairs: the codes, and so the noise of rounding to them, are the
 * same in all of these but for the rounding of scales to float16 in mode S.
 *
 * <p>Cost: see {@link SensitivitySearch}; on four to 32 samples, fewer the more arithmetic the
 * model and the more operators it has.
 */
final class AccuracySearch {
  /** The number of samples that {@link #of} can make use of. */
  static final long LARGEST_SAMPLE_COUNT = 32;

  private static final long SMALLEST_SAMPLE_COUNT = 4;

  /** Multiply-adds over all runs; half a minute or so on two cores. */
  private static final double BUDGET = 6e11;

  private static final double SHARE_OF_CONVOLUTIONAL_NETWORKS = 0.81;
  private static final double SHARE_OF_TRANSFORMERS = 0.63;

  /** What sums of shares may be off by. */
  private static final double ROUNDING = 1e-9;

  private static final Logger LOGGER = LoggerFactory.getLogger(AccuracySearch.class);

  private final OnnxModel model;
  private final List<TensorBatch> samples;
  private final MultiplyAccumulates counts;
  private final Map<String, Double> shares;

  private AccuracySearch(OnnxModel model, List<TensorBatch> samples, MultiplyAccumulates counts) {
    this.model = model;
    this.samples = samples;
    this.counts = counts;
    this.shares = shares(counts);
  }

  /**
   * Prepares a search.
   *
   * @param model the normalised float model; not changed
   * @param samples some samples, at least one
   */
  static AccuracySearch of(OnnxModel model, List<TensorBatch> samples) {
    Map<String, Shape> shapes = new HashMap<>();
    TensorBatch first = samples.get(0);
    first.names().forEach(name -> first.tensor(name).ifPresent(t -> shapes.put(name, t.shape())));
    MultiplyAccumulates counts =
        MultiplyAccumulates.of(model.graph(), ShapeInference.of(model.graph(), shapes));
    return new AccuracySearch(model, samples, counts);
  }

  /** Returns the part of each operator in the sum of what is known, infinity where it is not. */
  private static Map<String, Double> shares(MultiplyAccumulates counts) {
    double total = Math.max(1, knownTotal(counts));
    Map<String, Double> shares = new HashMap<>();
    counts
        .counts()
        .forEach(
            count ->
                shares.put(
                    count.node(),
                    count.multiplyAdds().isPresent()
                        ? count.multiplyAdds().getAsLong() / total
                        : Double.POSITIVE_INFINITY));
    return shares;
  }

  private static double knownTotal(MultiplyAccumulates counts) {
    return counts.counts().stream().mapToDouble(count -> count.multiplyAdds().orElse(0)).sum();
  }

  /** Returns the samples it was made with. */
  List<TensorBatch> samples() {
    return samples;
  }

  /** Returns the multiply-adds of the model on its first samples. */
  MultiplyAccumulates counts() {
    return counts;
  }

  /**
   * Returns a plan whose outputs keep the ratio of signal to noise that is wanted, or come nearer
   * to it.
   *
   * @param settings the ratio, the arithmetic to keep in INT8 and the planner
   * @param plan a plan for the model
   * @param table ranges of all the plan needs
   * @return the plan, or one that leaves more float; it needs no range the table lacks
   */
  QuantizationPlan improve(
      QuantizationSettings settings, QuantizationPlan plan, CalibrationTable table)
      throws IOException {
    double share = int8Share(plan);
    double smallest = Math.min(share, settings.smallestInt8Share().orElseGet(this::usualShare));
    SortedMap<String, Double> costliest = measure(settings, plan, table, share - smallest);
    if (costliest.isEmpty()) {
      return plan;
    }
    QuantizationPlan replanned = replanned(settings.planner(), table, costliest);
    return int8Share(replanned) >= smallest - ROUNDING ? replanned : plan;
  }

  private SortedMap<String, Double> measure(
      QuantizationSettings settings,
      QuantizationPlan plan,
      CalibrationTable table,
      double allowedShare)
      throws IOException {
    OnnxModel switched = model.copy();
    InsertQuantizeDequantize.of(plan, table, Target.TENSORRT).run(switched);
    AddQuantizationSwitches switches = AddQuantizationSwitches.of(plan.settled(table), model);
    if (!switches.run(switched)) {
      return new TreeMap<>();
    }
    List<TensorBatch> chosen = chosen(switches.operators().size());
    List<Map<String, Tensor>> references = references(chosen, settings.session());
    if (references.isEmpty()) {
      return new TreeMap<>();
    }
    try (StagedModel staged = StagedModel.of(switched);
        InferenceSession session = staged.open(settings.session())) {
      return new SensitivitySearch(session, switches.operators(), chosen, references)
          .costliest(settings.accuracyTarget(), shares, allowedShare);
    }
  }

  /**
   * Returns what the float model gives; nothing when it takes the samples in their batches only,
   * though its inputs do not say so.
   */
  private List<Map<String, Tensor>> references(List<TensorBatch> batches, SessionSettings settings)
      throws IOException {
    try (StagedModel staged = StagedModel.of(model);
        InferenceSession session = staged.open(settings)) {
      List<Map<String, Tensor>> references = new ArrayList<>();
      for (TensorBatch batch : batches) {
        Map<String, Tensor> outputs = session.run(batch);
        outputs.values().removeIf(output -> output.elementType() != ElementType.FLOAT);
        references.add(outputs);
      }
      return references;
    } catch (CalibrationException e) {
      LOGGER.warn("what INT8 costs the outputs is not measured, since {}", e.getMessage());
      return List.of();
    }
  }

  /** Returns as many samples, evenly spread, as the budget allows. */
  private List<TensorBatch> chosen(int operatorCount) {
    double cost = knownTotal(counts) / samples.get(0).sampleCount();
    double affordable = BUDGET / Math.max(1, cost * operatorCount);
    long wanted =
        (long) Math.max(SMALLEST_SAMPLE_COUNT, Math.min(LARGEST_SAMPLE_COUNT, affordable));
    long kept = samples.stream().mapToLong(TensorBatch::sampleCount).sum();
    int batchCount = (int) Math.max(1, samples.size() * Math.min(wanted, kept) / kept);
    return IntStream.range(0, batchCount)
        .mapToObj(i -> samples.get(i * samples.size() / batchCount))
        .toList();
  }

  /**
   * Plans without the costliest. An Add whose convolution is float now may ask for a pair on a
   * tensor that was not observed; then it stays float as well.
   */
  private QuantizationPlan replanned(
      QdqPlanner planner, CalibrationTable table, SortedMap<String, Double> costliest) {
    Map<String, String> left = new TreeMap<>();
    costliest.forEach((node, ratio) -> left.put(node, reason(ratio)));
    LOGGER.debug("left {} operators float: {}", left.size(), left);
    return planner.withMeasuredNoise(left).plan(model, table);
  }

  private static String reason(double decibels) {
    return String.format(Locale.ROOT, "in INT8 it alone takes an output to %.1f dB", decibels);
  }

  /** Returns the part of what is known of the multiply-adds that a plan gives to INT8. */
  private double int8Share(QuantizationPlan plan) {
    return plan.decisions().stream()
        .filter(NodeDecision::isQuantized)
        .mapToDouble(decision -> shares.getOrDefault(decision.node(), 0.0))
        .filter(Double::isFinite)
        .sum();
  }

  private double usualShare() {
    double products =
        counts.counts().stream()
            .filter(count -> count.opType().equals("MatMul") || count.opType().equals("Gemm"))
            .mapToDouble(count -> shares.getOrDefault(count.node(), 0.0))
            .filter(Double::isFinite)
            .sum();
    return products > 0.5 ? SHARE_OF_TRANSFORMERS : SHARE_OF_CONVOLUTIONAL_NETWORKS;
  }
}
