/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pass.GraphPass;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gives every quantized operator of an INT8 model a switch, so that one loaded model shows what
 * each of them, or any set of them, costs in accuracy.
 *
 * <p>The model gets one more input, {@link #INPUT}, of one bool per operator: where it is true the
 * operator reads quantized activations and weights as before, where it is false the float tensors
 * behind them. Operators that only pass codes on (Pad, MaxPool, Concat and those that move
 * elements) follow the switch of the first INT8 operator behind them. Biases stay rounded. The
 * result is for measuring: nothing in it is fused.
 *
 * <p>Cost: a copy of each quantized tensor per run, and the float weights beside the codes.
 */
public final class AddQuantizationSwitches implements GraphPass {
  /** The name of the input that holds the switches, a bool tensor of one axis. */
  public static final String INPUT = "quant.switches";

  private final QuantizationPlan plan;
  private final Graph reference;
  private final Map<String, Integer> switches;

  private AddQuantizationSwitches(QuantizationPlan plan, Graph reference) {
    this.plan = plan;
    this.reference = reference;
    this.switches = new LinkedHashMap<>();
    Set<String> readers =
        plan.activationPairs().stream()
            .flatMap(pair -> pair.edges().stream())
            .map(Edge::node)
            .collect(Collectors.toSet());
    plan.weights().forEach(weight -> weight.edges().forEach(edge -> readers.add(edge.node())));
    for (Node node : reference.nodes()) {
      if (readers.contains(node.name()) && !passesCodesOn(node)) {
        switches.put(node.name(), switches.size());
      }
    }
  }

  /**
   * Returns the pass for one plan.
   *
   * @param plan the plan that was carried out
   * @param reference the float model it was made for; not changed
   * @return the pass, to be run on the INT8 model
   */
  public static AddQuantizationSwitches of(QuantizationPlan plan, OnnxModel reference) {
    return new AddQuantizationSwitches(plan, reference.graph());
  }

  /**
   * Returns the operators that have a switch.
   *
   * @return names of nodes, in the order of the switches
   */
  public List<String> operators() {
    return List.copyOf(switches.keySet());
  }

  /**
   * Adds the switches.
   *
   * @param model the INT8 model
   * @return true when there is anything to switch
   * @throws OnnxException if the model is not the one the plan was carried out on
   */
  @Override
  public boolean run(OnnxModel model) {
    if (switches.isEmpty() || model.graph().value(INPUT).isPresent()) {
      return false;
    }
    Wiring wiring = new Wiring(model.graph());
    for (ActivationPair pair : plan.activationPairs()) {
      pair.edges().forEach(wiring::switchActivation);
    }
    for (WeightQuantization weight : plan.weights()) {
      weight.edges().forEach(edge -> wiring.switchWeight(edge, weight.tensor()));
    }
    return true;
  }

  private static boolean passesCodesOn(Node node) {
    return OperatorClass.isCopy(node)
        || OperatorClass.isPlainMaxPool(node)
        || node.is("Pad", "Concat", "Resize", "Upsample");
  }

  /** The graph under change. */
  private final class Wiring {
    private final Graph graph;
    private final GraphRewriter rewriter;
    private final Value input;
    private final Node first;
    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<Integer, Value> conditions = new HashMap<>();

    Wiring(Graph graph) {
      this.graph = graph;
      this.rewriter = graph.rewriter();
      graph.nodes().forEach(node -> nodes.put(node.name(), node));
      this.first = graph.nodes().get(0);
      this.input = rewriter.addInput(INPUT, ElementType.BOOL, Shape.of(switches.size()));
    }

    void switchActivation(Edge edge) {
      Node reader = node(edge);
      Value quantized = reader.requiredInput(edge.inputIndex());
      Node dequantizer = quantized.producer().filter(n -> n.is("DequantizeLinear")).orElse(null);
      if (dequantizer == null) {
        throw new OnnxException(
            "the model reads \"" + quantized + "\" at " + edge + " unquantized");
      }
      Value codes = dequantizer.requiredInput(0);
      Value exact = codes.producer().orElseThrow().requiredInput(0);
      place(reader, edge.inputIndex(), quantized, exact);
    }

    void switchWeight(Edge edge, String weight) {
      Node reader = node(edge);
      Tensor tensor = reference.value(weight).flatMap(Value::constant).orElseThrow();
      String name = weight + "_unquantized";
      Value exact = graph.value(name).orElseGet(() -> rewriter.addInitializer(name, tensor));
      place(reader, edge.inputIndex(), reader.requiredInput(edge.inputIndex()), exact);
    }

    private void place(Node reader, int index, Value quantized, Value exact) {
      Integer owner = owner(reader);
      if (owner == null) {
        return;
      }
      Value condition = conditions.computeIfAbsent(owner, this::condition);
      String name = rewriter.freeName("switched_" + reader.name() + "_" + index);
      NodeBlueprint where =
          NodeBlueprint.of("Where", name, List.of(condition, quantized, exact), name);
      rewriter.replaceInput(new Use(reader, index), rewriter.insertBefore(reader, where).output());
    }

    private Value condition(Integer index) {
      String name = rewriter.freeName("switch_" + index);
      Value position = rewriter.addInitializer(name + "_index", Tensor.ofLongs(Shape.of(), index));
      return rewriter
          .insertBefore(first, NodeBlueprint.of("Gather", name, List.of(input, position), name))
          .output();
    }

    /** Returns the switch a reader follows, null when no INT8 operator lies behind it. */
    private @Nullable Integer owner(Node reader) {
      List<Node> open = new ArrayList<>(List.of(reader));
      for (int next = 0; next < open.size(); next++) {
        Node node = open.get(next);
        Integer found = switches.get(node.name());
        if (found != null) {
          return found;
        }
        if (next == 0
            || passesCodesOn(node)
            || node.is("QuantizeLinear", "DequantizeLinear", "Where")) {
          node.outputs().forEach(out -> out.uses().forEach(use -> open.add(use.node())));
        }
      }
      return null;
    }

    private Node node(Edge edge) {
      Node node = nodes.get(edge.node());
      if (node == null) {
        throw new OnnxException("the model lacks node \"" + edge.node() + "\" of the plan");
      }
      return node;
    }
  }
}
