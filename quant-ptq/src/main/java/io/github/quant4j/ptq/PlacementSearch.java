/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.NodeDecision;
import io.github.quant4j.onnx.qdq.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rule P53: leaves float what is not faster in INT8 on a GPU.
 *
 * <ol>
 *   <li>A model that is faster by 2 % as planned stays as planned. Nearly every convolutional
 *       network is, so it costs two builds.
 *   <li>Else every kind of INT8 region is timed alone, the rest being float. Regions do not meet,
 *       so those that gain are put together, and the others stay float for that reason.
 *   <li>The faster of the two is taken, if it gains at all; else all stays float. Whether a gain is
 *       worth what INT8 risks in accuracy is for the user to say, see {@link EngineComparison}.
 * </ol>
 */
final class PlacementSearch {
  /** Nothing is searched for beyond this. */
  private static final double CLEAR_RATIO = 1 / 1.02;

  /** Two builds of one network differ by about this much. */
  private static final double GAINING_RATIO = 0.998;

  private static final Logger LOGGER = LoggerFactory.getLogger(PlacementSearch.class);

  private final OnnxModel floatModel;
  private final PostTrainingQuantization quantization;
  private final PlacementBench bench;
  private final List<PlacementTrial> trials = new ArrayList<>();

  /**
   * Returns the search for a model whose classifier may become a convolution.
   *
   * @param options what the user chose of the quantization
   */
  static PlacementSearch of(
      OnnxModel floatModel, UnaryOperator<PostTrainingQuantization> options, PlacementBench bench) {
    PostTrainingQuantization quantization =
        PostTrainingQuantization.of(floatModel).classifierAsConvolution(true);
    return new PlacementSearch(floatModel, options.apply(quantization), bench);
  }

  PlacementSearch(
      OnnxModel floatModel, PostTrainingQuantization quantization, PlacementBench bench) {
    this.floatModel = floatModel;
    this.quantization = quantization;
    this.bench = bench;
  }

  /**
   * Searches.
   *
   * @param samples calibration samples, which can be read several times
   * @throws OnnxException if the model is quantized for another runtime
   */
  PlacedModel run(CalibrationSource samples) throws IOException {
    if (quantization.target() != Target.TENSORRT) {
      throw new OnnxException(
          "TensorRT times where INT8 pays, found target %s; choose target %s"
              .formatted(quantization.target(), Target.TENSORRT));
    }
    QuantizedModel planned = quantization.run(samples);
    if (planned.model().firstQuantizedNode().isEmpty()) {
      return PlacedModel.of(planned, Map.of(), trials);
    }
    double ratio = time("as planned", planned);
    if (ratio > CLEAR_RATIO) {
      Map<String, String> slow = slowOperators(planned);
      if (!slow.isEmpty()) {
        samples.rewind();
        slow.putAll(measured(planned, "P53"));
        QuantizedModel gaining =
            quantization.table(planned.table()).measuredTime(slow).run(samples);
        double gained = time("where it gains alone", gaining);
        if (gained < Math.min(ratio, GAINING_RATIO)) {
          return PlacedModel.of(gaining, slow, trials);
        }
      }
    }
    if (ratio < GAINING_RATIO) {
      return PlacedModel.of(planned, Map.of(), trials);
    }
    LOGGER.debug("INT8 does not pay here, all operators stay float: {}", trials);
    return new PlacedModel(Optional.empty(), floatModel, Map.of(), trials);
  }

  private double time(String placement, QuantizedModel model) throws IOException {
    double ratio = bench.ratios(List.of(model.model())).get(0);
    trials.add(new PlacementTrial("INT8 " + placement, ratio));
    return ratio;
  }

  /** Returns why operators do not gain, by name; nothing where none or all do. */
  private Map<String, String> slowOperators(QuantizedModel planned) throws IOException {
    List<Int8Regions.Kind> kinds = Int8Regions.kinds(planned);
    if (kinds.size() < 2) {
      return Map.of();
    }
    List<OnnxModel> models = new ArrayList<>();
    for (Int8Regions.Kind kind : kinds) {
      models.add(alone(kind, kinds, planned));
    }
    List<Double> ratios = bench.ratios(models);
    Map<String, String> slow = new TreeMap<>();
    int gainingCount = 0;
    for (int i = 0; i < kinds.size(); i++) {
      Int8Regions.Kind kind = kinds.get(i);
      double ratio = ratios.get(i);
      trials.add(new PlacementTrial("INT8 in " + kind.label() + " alone", ratio));
      if (ratio < GAINING_RATIO) {
        gainingCount++;
      } else {
        kind.operators().forEach(name -> slow.put(name, reason(ratio)));
      }
    }
    return gainingCount == 0 ? Map.of() : slow;
  }

  private OnnxModel alone(
      Int8Regions.Kind kind, List<Int8Regions.Kind> kinds, QuantizedModel planned) {
    Map<String, String> others = measured(planned, "P53", "P54");
    for (Int8Regions.Kind other : kinds) {
      if (!other.equals(kind)) {
        other.operators().forEach(name -> others.put(name, "another part is timed"));
      }
    }
    return quantization.table(planned.table()).measuredTime(others).run().model();
  }

  /** Returns why operators are float already because of what they cost, by name. */
  private static Map<String, String> measured(QuantizedModel planned, String... rules) {
    Map<String, String> reasons = new TreeMap<>();
    for (NodeDecision decision : planned.plan().decisions()) {
      if (List.of(rules).contains(decision.why().ruleId())) {
        reasons.put(decision.node(), decision.why().text());
      }
    }
    return reasons;
  }

  private static String reason(double ratio) {
    return Double.isInfinite(ratio)
        ? "TensorRT cannot build or run it in INT8"
        : String.format(
            Locale.ROOT, "in INT8 it alone takes the engine to %.3f of the FP16 time", ratio);
  }
}
