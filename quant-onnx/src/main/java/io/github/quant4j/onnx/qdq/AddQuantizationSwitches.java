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
import java.util.Objects;
import java.util.Optional;

/**
 * Gives every quantized operator of an INT8 model a switch, so that one loaded model shows what
 * each of them, or any set of them, costs in accuracy.
 *
 * <p>The model gets one more input, {@link #INPUT}, of one bool per operator: where it is true the
 * operator reads quantized activations and weights as before, where it is false the float tensors
 * behind them. Operators that only pass codes on (Pad, MaxPool, Concat, Resize and those that move
 * elements) follow the switch of the first INT8 operator behind them; where there is none they have
 * their own. So with all switches off the model computes what the float model does, but for biases,
 * which stay rounded; with all on, what the INT8 model does. The result is for measuring: nothing
 * in it is fused.
 *
 * <p>Cost: proportional to the graph; in a run, a copy of each quantized tensor and the float
 * weights beside the codes.
 */
public final class AddQuantizationSwitches implements GraphPass {
  /** The name of the input that holds the switches, a bool tensor of one axis. */
  public static final String INPUT = "quant.switches";

  private final QuantizationPlan plan;
  private final Graph reference;
  private final SwitchAssignment assignment;

  private AddQuantizationSwitches(
      QuantizationPlan plan, Graph reference, SwitchAssignment assignment) {
    this.plan = plan;
    this.reference = reference;
    this.assignment = assignment;
  }

  /**
   * Returns the pass for one plan.
   *
   * @param plan the plan that was carried out, as {@link QuantizationPlan#settled}
   * @param reference the float model it was made for; not changed
   * @return the pass, to be run on the INT8 model
   */
  public static AddQuantizationSwitches of(QuantizationPlan plan, OnnxModel reference) {
    Graph graph = Objects.requireNonNull(reference, "reference").graph();
    return new AddQuantizationSwitches(plan, graph, SwitchAssignment.of(plan, graph));
  }

  /**
   * Returns the operators that have a switch.
   *
   * @return names of nodes, in the order of the switches
   */
  public List<String> operators() {
    return assignment.operators();
  }

  /**
   * Adds the switches.
   *
   * @param model the INT8 model
   * @return true when there is anything to switch; false, and no change, for a model that has the
   *     switches
   * @throws OnnxException if the model is not the one the plan was carried out on; it is then as it
   *     was
   */
  @Override
  public boolean run(OnnxModel model) {
    Graph graph = model.graph();
    if (operators().isEmpty() || graph.value(INPUT).isPresent()) {
      return false;
    }
    List<Switched> all = switched(graph);
    Wiring wiring = new Wiring(graph, operators().size());
    all.forEach(wiring::insert);
    return true;
  }

  private List<Switched> switched(Graph graph) {
    Map<String, Node> nodes = new HashMap<>();
    graph.nodes().forEach(node -> nodes.put(node.name(), node));
    List<Switched> switched = new ArrayList<>();
    for (ActivationPair pair : plan.activationPairs()) {
      for (Edge edge : pair.edges()) {
        Use use = use(nodes, edge);
        Value exact =
            writer(use, "DequantizeLinear")
                .flatMap(dequantizer -> writer(new Use(dequantizer, 0), "QuantizeLinear"))
                .map(quantizer -> quantizer.requiredInput(0))
                .orElseThrow(() -> notQuantized(edge));
        switched.add(new Switched(use, exact.name(), Optional.empty(), assignment.of(edge)));
      }
    }
    for (WeightQuantization weight : plan.weights()) {
      Tensor exact =
          reference
              .value(weight.tensor())
              .flatMap(Value::constant)
              .orElseThrow(() -> missing(weight));
      for (Edge edge : weight.edges()) {
        Use use = use(nodes, edge);
        if (writer(use, "DequantizeLinear").isEmpty()) {
          throw notQuantized(edge);
        }
        switched.add(new Switched(use, weight.tensor(), Optional.of(exact), assignment.of(edge)));
      }
    }
    return switched;
  }

  private static Use use(Map<String, Node> nodes, Edge edge) {
    Node node = nodes.get(edge.node());
    if (node == null || node.inputCount() <= edge.inputIndex()) {
      throw new OnnxException("the model lacks " + edge + ", which the plan quantizes");
    }
    return new Use(node, edge.inputIndex());
  }

  private static Optional<Node> writer(Use use, String opType) {
    return use.node()
        .input(use.inputIndex())
        .flatMap(Value::producer)
        .filter(writer -> writer.is(opType));
  }

  private static OnnxException notQuantized(Edge edge) {
    return new OnnxException(
        "the model reads a float tensor at %s, expected a pair; carry out the plan first"
            .formatted(edge));
  }

  private static OnnxException missing(WeightQuantization weight) {
    return new OnnxException(
        "the float model lacks the constant \"%s\", which the plan quantizes"
            .formatted(weight.tensor()));
  }

  /**
   * A read to be switched.
   *
   * @param use the read
   * @param tensor the name of the float tensor to read instead
   * @param weight its contents where it is a constant
   * @param index the switch
   */
  private record Switched(Use use, String tensor, Optional<Tensor> weight, int index) {}

  /** The graph under change. */
  private static final class Wiring {
    private final Graph graph;
    private final GraphRewriter rewriter;
    private final Value input;
    private final Node first;
    private final Map<Integer, Value> conditions = new HashMap<>();
    private final Map<String, Value> weights = new LinkedHashMap<>();

    Wiring(Graph graph, int switchCount) {
      this.graph = graph;
      this.rewriter = graph.rewriter();
      this.first = graph.nodes().get(0);
      this.input = rewriter.addInput(INPUT, ElementType.BOOL, Shape.of(switchCount));
    }

    void insert(Switched read) {
      Node reader = read.use().node();
      int index = read.use().inputIndex();
      Value condition = conditions.computeIfAbsent(read.index(), this::condition);
      Value exact =
          read.weight()
              .map(tensor -> weights.computeIfAbsent(read.tensor(), name -> weight(name, tensor)))
              .orElseGet(() -> graph.value(read.tensor()).orElseThrow());
      String name = rewriter.freeName("switched_" + reader.name() + "_" + index);
      List<Value> inputs = List.of(condition, reader.requiredInput(index), exact);
      NodeBlueprint where = NodeBlueprint.of("Where", name, inputs, name);
      rewriter.replaceInput(read.use(), rewriter.insertBefore(reader, where).output());
    }

    private Value weight(String name, Tensor tensor) {
      return rewriter.addInitializer(rewriter.freeName(name + "_unquantized"), tensor);
    }

    private Value condition(int index) {
      String name = rewriter.freeName("switch_" + index);
      Value position =
          rewriter.addInitializer(
              rewriter.freeName(name + "_index"), Tensor.ofLongs(Shape.of(), index));
      NodeBlueprint gather = NodeBlueprint.of("Gather", name, List.of(input, position), name);
      return rewriter.insertBefore(first, gather).output();
    }
  }
}
