/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.calibration.InferenceSession;
import io.github.quant4j.calibration.SessionSettings;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.ExposeChannelMeans;
import io.github.quant4j.onnx.qdq.InsertQuantizeDequantize;
import io.github.quant4j.onnx.qdq.MatchChannelMeans;
import io.github.quant4j.onnx.qdq.QuantizationPlan;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.onnx.shape.MultiplyAccumulates;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what to take off the biases of the INT8 operators, so that what they compute is right on
 * average, and proves on samples it was not taken from that the outputs gain by it.
 *
 * <p>For output channel {@code c} of an operator, with {@code y} its output over the batch and all
 * places, {@code d[c] = mean(y_int8[c]) - mean(y_float[c])}, measured with all operators before it
 * quantized and corrected already, see {@link MatchChannelMeans}; over several batches the mean by
 * their numbers of samples. The bias becomes {@code b[c] - s * d[c]} with the strength {@code s} 1
 * or 0.5, whichever is better: errors that cancel further on make the whole of it too much now and
 * then.
 *
 * <p>The batches are parted into two halves, the earlier and the later ones of the stream. What one
 * half says is tried on the other, and the two together tell the ratio of signal to noise at the
 * worst float output. Only where that is 0.5 dB above the one without correction, and the latter
 * below the accuracy wanted, is there any, then made from all batches. A model that is close to
 * float anyway has nothing to gain but the accidents of a few samples: ResNet-20, at 33 dB,
 * answered 5 of 2,000 pictures worse.
 *
 * <p>Fewer than two batches prove nothing: no correction. The same holds where no operator has a
 * bias to correct, no output is float, or the model refuses the samples as they were kept; and for
 * an operator of which a mean is not finite. Cost: two runs of the model on each of the samples
 * where the accuracy wanted is there without, else about five, of which so many are taken as 6e11
 * multiply-adds allow, and at least two batches. Memory: one session at a time and the outputs of
 * the float model on the samples.
 *
 * <p>Source: Nagel, van Baalen, Blankevoort and Welling, "Data-Free Quantization Through Weight
 * Equalization and Bias Correction", ICCV 2019, arXiv:1906.04721, section 4.2, empirically; the
 * strength and the proof are ours.
 */
final class BiasCorrection {
  /** Below this a gain may be one of the samples only. */
  private static final double SMALLEST_GAIN = 0.5;

  private static final float[] STRENGTHS = {1, 0.5f};

  /** Multiply-adds over all runs; half a minute or so on two cores. */
  private static final double BUDGET = 6e11;

  private static final int RUNS_PER_SAMPLE = 5;
  private static final int HALF_COUNT = 2;

  private static final Logger LOGGER = LoggerFactory.getLogger(BiasCorrection.class);

  private final OnnxModel model;
  private final QuantizationPlan plan;
  private final CalibrationTable table;
  private final SessionSettings session;
  private final double target;
  private final List<String> operators;
  private final OutputNoise noise = new OutputNoise();

  /**
   * @param model the normalised float model; not changed
   * @param plan the plan, settled by the table
   * @param table the ranges
   * @param settings the accuracy wanted, and how the samples are run
   */
  BiasCorrection(
      OnnxModel model,
      QuantizationPlan plan,
      CalibrationTable table,
      QuantizationSettings settings) {
    this.model = model;
    this.plan = plan;
    this.table = table;
    this.session = settings.session();
    this.target = settings.accuracyTarget();
    this.operators = ExposeChannelMeans.of(plan, model).operators();
  }

  /**
   * Returns what to take off the biases.
   *
   * @param samples batches of samples; a single one does not do
   * @param counts the multiply-adds of the model on one of them
   * @return one number per output channel by operator; empty where nothing is gained
   */
  Map<String, float[]> shifts(List<TensorBatch> samples, MultiplyAccumulates counts)
      throws IOException {
    if (samples.size() < HALF_COUNT || operators.isEmpty()) {
      return Map.of();
    }
    try {
      List<Reference> references =
          references(affordable(samples, (double) counts.total().orElse(0)));
      double plain = plainNoise(references);
      return OutputNoise.decibels(plain) >= target ? Map.of() : proven(measure(references), plain);
    } catch (CalibrationException e) {
      LOGGER.warn("biases are not corrected: {}", e.getMessage());
      return Map.of();
    }
  }

  /** Returns the correction at the better strength, empty where neither helps enough. */
  private Map<String, float[]> proven(List<Measurement> measured, double plain) throws IOException {
    double best = plain * Math.pow(10, -SMALLEST_GAIN / 10);
    float strength = 0;
    for (float candidate : STRENGTHS) {
      double candidateNoise = noise(measured, candidate);
      LOGGER.debug(
          "biases corrected at strength {}: {} dB, {} dB without",
          candidate,
          OutputNoise.decibels(candidateNoise),
          OutputNoise.decibels(plain));
      if (candidateNoise < best) {
        best = candidateNoise;
        strength = candidate;
      }
    }
    return mean(measured, strength);
  }

  /** Returns as many batches, evenly spread, as the budget allows. */
  private static List<TensorBatch> affordable(List<TensorBatch> samples, double multiplyAdds) {
    double wanted = BUDGET / (RUNS_PER_SAMPLE * Math.max(1, multiplyAdds));
    int count = (int) Math.min(samples.size(), Math.max(HALF_COUNT, wanted));
    return IntStream.range(0, count)
        .mapToObj(i -> samples.get(i * samples.size() / count))
        .toList();
  }

  /** Returns what the float model computes. */
  private List<Reference> references(List<TensorBatch> batches) throws IOException {
    OnnxModel exposed = model.copy();
    ExposeChannelMeans.of(plan, model).run(exposed);
    List<Reference> references = new ArrayList<>();
    try (StagedModel staged = StagedModel.of(exposed);
        InferenceSession opened = staged.open(session)) {
      batches.forEach(batch -> references.add(reference(batch, opened.run(batch))));
    }
    return references;
  }

  private Reference reference(TensorBatch batch, Map<String, Tensor> results) {
    Map<String, Tensor> outputs = new HashMap<>(results);
    outputs.values().removeIf(output -> output.elementType() != ElementType.FLOAT);
    Map<String, Tensor> means = new HashMap<>();
    for (String operator : operators) {
      String name = ExposeChannelMeans.meanOf(operator);
      means.put(name, Objects.requireNonNull(outputs.remove(name)));
    }
    return new Reference(batch, outputs, means);
  }

  private List<Measurement> measure(List<Reference> references) throws IOException {
    OnnxModel matched = quantized(Map.of());
    MatchChannelMeans.of(plan, model).run(matched);
    List<Measurement> measured = new ArrayList<>();
    try (StagedModel staged = StagedModel.of(matched);
        InferenceSession opened = staged.open(session)) {
      references.forEach(reference -> measured.add(measure(opened, reference)));
    }
    return measured;
  }

  private Measurement measure(InferenceSession matched, Reference reference) {
    Map<String, Tensor> actual = matched.run(reference.batch, reference.means);
    Map<String, FloatBuffer> shifts = new HashMap<>();
    for (String operator : operators) {
      String name = MatchChannelMeans.shiftOf(operator);
      shifts.put(operator, Objects.requireNonNull(actual.get(name)).floats());
    }
    return new Measurement(reference, shifts);
  }

  private OnnxModel quantized(Map<String, float[]> shifts) {
    OnnxModel quantized = model.copy();
    InsertQuantizeDequantize.of(plan, table, Target.TENSORRT)
        .withBiasCorrection(shifts)
        .run(quantized);
    return quantized;
  }

  /** Returns the noise at the worst output without a correction. */
  private double plainNoise(List<Reference> references) throws IOException {
    noise.restart();
    compare(quantized(Map.of()), references);
    return noise.worst();
  }

  /** Returns the noise at the worst output, each half corrected by what the other half says. */
  private double noise(List<Measurement> measured, float strength) throws IOException {
    noise.restart();
    for (int half = 0; half < HALF_COUNT; half++) {
      compare(
          quantized(mean(half(measured, 1 - half), strength)),
          half(measured, half).stream().map(Measurement::reference).toList());
    }
    return noise.worst();
  }

  private void compare(OnnxModel int8, List<Reference> references) throws IOException {
    try (StagedModel staged = StagedModel.of(int8);
        InferenceSession opened = staged.open(session)) {
      references.forEach(
          reference -> noise.compare(reference.outputs, opened.run(reference.batch)));
    }
  }

  private static List<Measurement> half(List<Measurement> measured, int half) {
    int middle = measured.size() / HALF_COUNT;
    return half == 0 ? measured.subList(0, middle) : measured.subList(middle, measured.size());
  }

  /** Returns the mean shifts times the strength, of operators where they are finite. */
  private Map<String, float[]> mean(List<Measurement> measured, float strength) {
    Map<String, float[]> means = new TreeMap<>();
    if (strength > 0) {
      for (String operator : operators) {
        float[] mean = mean(measured, operator, strength);
        if (IntStream.range(0, mean.length).allMatch(i -> Float.isFinite(mean[i]))) {
          means.put(operator, mean);
        }
      }
    }
    return means;
  }

  private static float[] mean(List<Measurement> measured, String operator, float strength) {
    double count =
        measured.stream().mapToLong(sample -> sample.reference.batch.sampleCount()).sum();
    double[] sum = new double[measured.get(0).shift(operator).remaining()];
    for (Measurement sample : measured) {
      FloatBuffer shift = sample.shift(operator);
      for (int channel = 0; channel < sum.length; channel++) {
        sum[channel] += shift.get(channel) * (double) sample.reference.batch.sampleCount();
      }
    }
    float[] mean = new float[sum.length];
    for (int channel = 0; channel < sum.length; channel++) {
      mean[channel] = (float) (strength * sum[channel] / count);
    }
    return mean;
  }

  /**
   * What the float model computes of one batch.
   *
   * @param batch the samples
   * @param outputs its float outputs
   * @param means by the name of their output, one number per channel of an operator
   */
  private record Reference(
      TensorBatch batch, Map<String, Tensor> outputs, Map<String, Tensor> means) {}

  /**
   * What one batch says.
   *
   * @param reference the batch and what the float model computes of it
   * @param shifts by operator, one number per channel
   */
  private record Measurement(Reference reference, Map<String, FloatBuffer> shifts) {

    FloatBuffer shift(String operator) {
      return Objects.requireNonNull(shifts.get(operator));
    }
  }
}
