/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.half;

import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.GraphPass;
import io.github.quant4j.onnx.pass.MoveConstantsToInitializers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the float32 part of a model into float16, for a network in which every tensor runs in the
 * type the graph gives it.
 *
 * <ol>
 *   <li>Activations, constants, biases and the scales of QuantizeLinear and DequantizeLinear become
 *       float16, rounded to nearest, half to even.
 *   <li>Inputs and outputs of the graph, bodies of If, Loop and Scan, what these capture, operators
 *       of other domains and arithmetic on shapes keep their types.
 *   <li>Nodes whose numbers float16 cannot hold stay float32: constants beyond 65,504 or rounded to
 *       0, tensors seen beyond 32,752, powers, exponentials and sums. Nodes between such nodes join
 *       them where that saves Casts.
 *   <li>Where the types meet stands one Cast per tensor and type, right behind the node that
 *       computes the tensor; none beside int8: QuantizeLinear takes the type its tensor has, and
 *       DequantizeLinear that of its readers.
 *   <li>A bound of Clip beyond 65,504 is cut to it.
 * </ol>
 *
 * <p>Tensors keep their names, save that float16 is computed as {@code t_float16} where {@code t}
 * is an output of the graph or captured. A model marked as mode S is left alone. Cost: one pass
 * over nodes and constants. The same model and ranges give the same bytes. Immutable and
 * thread-safe.
 *
 * <p>Scales are rounded here, codes are not computed anew: InsertQuantizeDequantize with mode S
 * chooses scales that float16 holds, computes codes from them and runs this pass.
 */
public final class ConvertToHalf implements GraphPass {
  private static final Logger LOGGER = LoggerFactory.getLogger(ConvertToHalf.class);

  /** QuantizeLinear and DequantizeLinear take float16 scales from this operator set on. */
  private static final long SMALLEST_OPSET = 19;

  private static final long SMALLEST_IR_VERSION = 9;
  private static final String MODE = "quant.mode";
  private static final String STRONGLY_TYPED = "S";

  private final @Nullable CalibrationTable table;

  private ConvertToHalf(@Nullable CalibrationTable table) {
    this.table = table;
  }

  /**
   * Returns the pass without ranges: of tensors it takes for granted that they fit.
   *
   * @return the pass
   */
  public static ConvertToHalf create() {
    return new ConvertToHalf(null);
  }

  /**
   * Returns a copy that keeps float32 where a tensor was seen to be too large for float16.
   *
   * @param observed what was seen of tensors of the model, any of them
   * @return the copy
   */
  public ConvertToHalf withRanges(CalibrationTable observed) {
    return new ConvertToHalf(Objects.requireNonNull(observed, "observed"));
  }

  /**
   * Returns the tensors whose ranges would settle whether float16 holds them.
   *
   * @param model a float32 or quantized model; not changed
   * @return the names of the tensors of the main graph that would become float16, sorted
   */
  public static SortedSet<String> observationPoints(OnnxModel model) {
    Graph graph = withoutConstantNodes(model);
    PrecisionPlan plan = PrecisionPlan.of(graph, null);
    SortedSet<String> points = new TreeSet<>();
    plan.floatValues(graph).stream()
        .filter(value -> plan.isHalf(value) || value.isGraphInput())
        .forEach(value -> points.add(value.name()));
    return Collections.unmodifiableSortedSet(points);
  }

  /**
   * Returns which nodes with float32 tensors stay float32.
   *
   * @param model the model, any operator set; not changed
   * @return why, by the name of the node, in the order of the graph
   */
  public Map<String, String> floatNodes(OnnxModel model) {
    Map<String, String> reasons = new LinkedHashMap<>();
    PrecisionPlan.of(withoutConstantNodes(model), table)
        .reasons()
        .forEach((node, reason) -> reasons.put(node.label(), reason));
    return Collections.unmodifiableMap(reasons);
  }

  private static Graph withoutConstantNodes(OnnxModel model) {
    OnnxModel copy = model.copy();
    new MoveConstantsToInitializers().run(copy);
    return copy.graph();
  }

  /**
   * Converts a model.
   *
   * @param model the model; changed in place
   * @return true when the model was changed; false for one marked as mode S
   * @throws OnnxException if the model imports an operator set before 19; it is then as it was
   */
  @Override
  public boolean run(OnnxModel model) {
    requireOpset(model);
    if (STRONGLY_TYPED.equals(model.metadata().get(MODE))) {
      return false;
    }
    new MoveConstantsToInitializers().run(model);
    PrecisionPlan plan = PrecisionPlan.of(model.graph(), table);
    for (Map.Entry<Node, String> kept : plan.reasons().entrySet()) {
      LOGGER.debug("\"{}\" stays float32: {}", kept.getKey(), kept.getValue());
    }
    new HalfRewriting(model.graph(), plan).run();
    model.raiseIrVersion(SMALLEST_IR_VERSION);
    model.putMetadata(MODE, STRONGLY_TYPED);
    return true;
  }

  /**
   * Refuses a model whose operators do not take float16 yet.
   *
   * @param model the model; not changed
   * @throws OnnxException if it imports an operator set before 19
   */
  public static void requireOpset(OnnxModel model) {
    if (model.opset() < SMALLEST_OPSET) {
      throw new OnnxException(
          ("the model imports opset %s, and a network of float16 and int8 needs opset %s or later;"
                  + " lift the opset first")
              .formatted(model.opset(), SMALLEST_OPSET));
    }
  }
}
