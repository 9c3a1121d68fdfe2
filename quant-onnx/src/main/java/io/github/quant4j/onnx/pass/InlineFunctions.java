/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.onnx.Graph;
import io.github.quant4j.onnx.LocalFunction;
import io.github.quant4j.onnx.LocalFunctions;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.opset.LiftOpset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces calls of functions that the model defines by the bodies of the functions.
 *
 * <ol>
 *   <li>Attributes are those the call states, or else the function's defaults.
 *   <li>Names inside become {@code <call>/<name>}, so they are the same in every run.
 *   <li>Calls in bodies of functions, and in bodies of If, Loop and Scan, are replaced too.
 *   <li>A function written for a lower version of the standard operators than the model imports is
 *       lifted to it. One written for a higher version, or for another version of another domain,
 *       stays, and so do the calls of it.
 *   <li>Functions that nothing calls any more are dropped.
 * </ol>
 *
 * <p>Values stay the same, bit for bit. Cost: the number of nodes afterwards. Source: the ONNX IR,
 * functions.
 */
public final class InlineFunctions implements GraphPass {
  private static final Logger LOGGER = LoggerFactory.getLogger(InlineFunctions.class);

  /** Creates the pass, which holds no state. */
  public InlineFunctions() {}

  /**
   * Inlines the functions of a model.
   *
   * @param model the model
   * @return true when a call or a function was there to be removed
   * @throws OnnxException if functions are recursive or expand to more than 1,000,000 nodes, and
   *     the model is unchanged; or if a call does not fit its function, and the model is undefined
   */
  @Override
  public boolean run(OnnxModel model) {
    LocalFunctions functions = model.functions();
    if (functions.isEmpty()) {
      return false;
    }
    functions.requireFinite(model.graph());
    boolean isInlined = inline(model, model.graph(), functions);
    boolean isRemoved = model.removeUncalledFunctions();
    return isInlined || isRemoved;
  }

  private static boolean inline(OnnxModel model, Graph graph, LocalFunctions functions) {
    boolean modified = false;
    Deque<Node> pending = new ArrayDeque<>(graph.nodes());
    while (!pending.isEmpty()) {
      Node node = pending.removeFirst();
      Optional<LocalFunction> called = functions.calledBy(node);
      Optional<OnnxModel> body = called.flatMap(function -> body(function, node, model));
      if (body.isPresent()) {
        List<Node> added = graph.rewriter().inline(node, body.get().graph());
        for (int i = added.size() - 1; i >= 0; i--) {
          pending.addFirst(added.get(i));
        }
        modified = true;
      } else {
        modified |= inlineInBodies(model, graph, node, functions);
      }
    }
    return modified;
  }

  private static boolean inlineInBodies(
      OnnxModel model, Graph graph, Node node, LocalFunctions functions) {
    List<Graph> bodies = graph.bodies(node);
    boolean modified = false;
    for (Graph body : bodies) {
      modified |= inline(model, body, functions);
    }
    if (modified) {
      graph.rewriter().replaceBodies(node, bodies);
    }
    return modified;
  }

  /** Returns the body in the operator sets of the model, empty where it cannot be had so. */
  private static Optional<OnnxModel> body(LocalFunction function, Node call, OnnxModel model) {
    for (Map.Entry<String, Long> needed : function.opsets().entrySet()) {
      String domain = needed.getKey();
      long found = model.opsets().getOrDefault(domain, needed.getValue());
      if (found != needed.getValue() && !isLiftable(domain, needed.getValue(), found)) {
        LOGGER.warn(
            "function \"{}\" is not inlined: it needs version {} of domain \"{}\", the model has {}",
            function,
            needed.getValue(),
            domain,
            found);
        return Optional.empty();
      }
    }
    Optional<OnnxModel> body = lifted(function.instantiate(call), function, model.opset());
    body.ifPresent(ready -> function.opsets().forEach(model::importOpset));
    return body;
  }

  private static boolean isLiftable(String domain, long from, long to) {
    return domain.isEmpty()
        && from < to
        && to >= LiftOpset.LOWEST_TARGET
        && to <= LiftOpset.HIGHEST_TARGET;
  }

  private static Optional<OnnxModel> lifted(OnnxModel body, LocalFunction function, long opset) {
    if (body.opset() >= opset || body.opset() == 0) {
      return Optional.of(body);
    }
    try {
      LiftOpset.to((int) opset).run(body);
      return Optional.of(body);
    } catch (OnnxException e) {
      LOGGER.warn("function \"{}\" is not inlined: {}", function, e.getMessage());
      return Optional.empty();
    }
  }
}
