/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.SymmetricInt8;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.repair.Remedy.Outcome;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The model under repair, what the user said and knows, and the record of what was found. Not
 * thread-safe.
 */
final class RepairContext {
  private static final int SCALE = 1;
  private static final int ZERO_POINT = 2;

  private final OnnxModel model;
  private final RepairOptions options;
  private final FindingLog log = new FindingLog();
  private final Map<Shape, Value> zeroPoints = new HashMap<>();
  private final Map<Value, Long> lowestCodes = new HashMap<>();
  private @Nullable ShapeInference shapes;

  RepairContext(OnnxModel model, RepairOptions options) {
    this.model = model;
    this.options = options;
  }

  /** Returns the model, which the caller may change. */
  OnnxModel model() {
    shapes = null;
    return model;
  }

  Graph graph() {
    return model.graph();
  }

  /** Returns what changes the graph; whoever asks for it is taken to do so. */
  GraphRewriter rewriter() {
    shapes = null;
    return model.graph().rewriter();
  }

  RepairOptions options() {
    return options;
  }

  /**
   * Returns the shapes of the graph as it is now; a pass asks once, before it changes anything.
   * Inferred once between changes.
   */
  ShapeInference shapes() {
    ShapeInference known = shapes;
    if (known == null) {
      known = ShapeInference.of(model.graph());
      shapes = known;
    }
    return known;
  }

  /** Notes that a pass has changed the graph, maybe through a rewriter it asked for earlier. */
  void graphChanged() {
    shapes = null;
  }

  /** Returns how many codes of an int8 constant are -128, 0 for computed ones; counts them once. */
  long lowestCodes(Value codes) {
    return lowestCodes.computeIfAbsent(
        codes, value -> value.constant().map(RepairContext::countLowest).orElse(0L));
  }

  /** Notes that no code of a constant is -128, so that nobody computes them to count. */
  void holdsNoLowestCode(Value codes) {
    lowestCodes.put(codes, 0L);
  }

  private static long countLowest(Tensor codes) {
    ByteBuffer bytes = codes.bytes();
    long count = 0;
    for (int i = 0; i < bytes.limit(); i++) {
      count += bytes.get(i) == Byte.MIN_VALUE ? 1 : 0;
    }
    return count;
  }

  /** Returns what calibration saw of a tensor, empty without calibration. */
  Optional<ValueRange> observed(Value tensor) {
    return options.ranges().flatMap(table -> table.range(tensor.name()));
  }

  /** Returns the int8 scale that calibration gives a tensor, {@code absmax / 127}. */
  Optional<Float> observedScale(Value tensor) {
    return observed(tensor).map(range -> SymmetricInt8.forActivation(range).scale(0));
  }

  /** Notes a defect that is mended now. */
  void repaired(Defect defect, Site site, String found, String done) {
    log.add(new Finding(defect, site, found, new Remedy(Outcome.REPAIRED, done)));
  }

  /** Notes a defect that is not mended, with the reason and what the user can do. */
  void refused(Defect defect, Site site, String found, String reason) {
    log.add(new Finding(defect, site, found, new Remedy(Outcome.REFUSED, reason)));
  }

  /** Notes something that stays as it is. */
  void kept(Defect defect, Site site, String found, String reason) {
    log.add(new Finding(defect, site, found, new Remedy(Outcome.KEPT, reason)));
  }

  /** Notes that the passes start anew. */
  void startRound() {
    log.startRound();
  }

  List<Finding> findings() {
    return log.findings();
  }

  /** Returns what names the nodes a pass makes, in one run of it. */
  NodeNames nodeNames() {
    return new NodeNames(graph());
  }

  /** Adds an initializer with a name made of the wish. */
  Value addConstant(String wish, Tensor tensor) {
    return rewriter().addInitializer(rewriter().freeName(wish), tensor);
  }

  /** Returns the int8 zeros of a shape; one initializer serves all pairs of that shape. */
  Value int8Zeros(Shape shape) {
    return zeroPoints.compute(
        shape,
        (wanted, known) ->
            known != null && known.isConstant() && graph().value(known.name()).isPresent()
                ? known
                : addConstant(
                    "zero_point_int8" + (wanted.rank() == 0 ? "" : "_" + wanted.dimension(0)),
                    Tensor.ofBytes(
                        ElementType.INT8,
                        wanted,
                        new byte[Math.toIntExact(wanted.elementCount())])));
  }

  /**
   * Gives QuantizeLinear and DequantizeLinear nodes one int8 scale of rank 0 with zero point 0. The
   * initializers they have read so far stay, since others may read them.
   */
  void setInt8Scale(Collection<Node> nodes, String tensor, float scale) {
    setParameters(
        nodes,
        addConstant(tensor + "_scale", Tensor.ofFloats(Shape.of(), scale)),
        int8Zeros(Shape.of()));
  }

  /** Makes QuantizeLinear and DequantizeLinear nodes read the given scale and zero point. */
  void setParameters(Collection<Node> nodes, Value scale, Value zeroPoint) {
    for (Node node : nodes) {
      rewriter().replaceInput(new Use(node, SCALE), scale);
      setZeroPoint(node, zeroPoint);
    }
  }

  /** States the axis the scales of a node stand along, none for a single scale. */
  void setAxis(Node node, OptionalInt axis) {
    if (axis.isPresent()) {
      rewriter().edit(node).setInteger("axis", axis.getAsInt());
    } else {
      rewriter().edit(node).removeAttribute("axis");
    }
  }

  /**
   * Makes a QuantizeLinear or DequantizeLinear read the given zero point. That of a QuantizeLinear
   * tells the type of the codes from then on: their declared type follows, and attribute {@code
   * output_dtype}, which must not contradict it, goes.
   */
  void setZeroPoint(Node node, Value zeroPoint) {
    rewriter().fillInput(node, ZERO_POINT, zeroPoint);
    if (!node.is("QuantizeLinear")) {
      return;
    }
    zeroPoint.constantElementType().ifPresent(type -> rewriter().retype(node.output(), type));
    if (node.hasAttribute("output_dtype")) {
      rewriter().edit(node).removeAttribute("output_dtype");
    }
  }

  /** Names of nodes, none given twice. Walks over the graph when it is first asked. */
  static final class NodeNames {
    private final Graph graph;
    private final Set<String> taken = new HashSet<>();

    private NodeNames(Graph graph) {
      this.graph = graph;
    }

    /** Returns the wish, or the wish with a number, and takes it. */
    String free(String wish) {
      if (taken.isEmpty()) {
        graph.nodes().forEach(node -> taken.add(node.name()));
      }
      String name = wish;
      for (int suffix = 1; !taken.add(name); suffix++) {
        name = wish + "_" + suffix;
      }
      return name;
    }
  }
}
