/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.repair.Epilogue.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * R11: a pair between a Conv, Gemm or Add and what TensorRT would compute in the same kernel, and a
 * pair inside a SiLU or HardSwish, goes; the one behind it all stays or is made.
 *
 * <ol>
 *   <li>The result has a pair already. One of the scale of the removed pair was made for values
 *       before a Relu, which reach further down: where data is given, it and the pairs of that
 *       scale behind operators that move or choose elements take {@code absmax / 127} instead, if
 *       that is finer.
 *   <li>The result has none, and readers that are int8. They get one: its scale comes from data,
 *       else is the removed one where the function makes no value larger, or 1/127 for functions
 *       with values in [-1, 1]. Else the pair is refused, for want of data.
 *   <li>The result has none, and float readers only, or the residual Add it is fused with (R10): no
 *       pair is made.
 * </ol>
 *
 * <p>A pair with other readers stays, since what they read has to be written anyway.
 */
final class RemovePairsBeforeEpilogues implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    boolean isChanged = removePairsInGates(context);
    Epilogue epilogue = Epilogue.of(context.graph(), context.shapes());
    PairInsertion insertion = new PairInsertion(context);
    for (Int8Pair pair : Int8Pair.all(context.graph())) {
      if (pair.isInternal() && Epilogue.isBehindFusible(pair.tensor())) {
        Optional<Step> step = epilogue.step(pair.result());
        if (step.isPresent()) {
          isChanged |= new Removal(context, insertion, pair, step.get()).apply(epilogue);
        }
      }
    }
    return isChanged;
  }

  /** Removes pairs between x and its gate in {@code x * g(x)}, after which it is one pattern. */
  private static boolean removePairsInGates(RepairContext context) {
    boolean isChanged = false;
    for (Int8Pair pair : Int8Pair.all(context.graph())) {
      Optional<Node> gate =
          pair.tensor().producer().filter(node -> node.is("Sigmoid", "HardSigmoid"));
      if (gate.isPresent() && pair.result().hasSingleReader() && isGate(gate.get(), pair)) {
        Node product = pair.result().uses().get(0).node();
        context.repaired(
            Defect.PAIR_BEFORE_EPILOGUE,
            pair.site(),
            "a pair of scale %s tears \"%s\" and \"%s\" apart, which are one function"
                .formatted(pair.scale(), gate.get().label(), product.label()),
            "the pair is removed");
        pair.remove(context.rewriter());
        isChanged = true;
      }
    }
    return isChanged;
  }

  private static boolean isGate(Node gate, Int8Pair pair) {
    Node product = pair.result().uses().get(0).node();
    return product.is("Mul")
        && gate.input(0).filter(product.inputs()::contains).isPresent()
        && pair.tensor().hasSingleReader();
  }

  /** One pair that may go. */
  private static final class Removal {
    private final RepairContext context;
    private final PairInsertion insertion;
    private final Int8Pair pair;
    private final Step step;
    private final String found;

    Removal(RepairContext context, PairInsertion insertion, Int8Pair pair, Step step) {
      this.context = context;
      this.insertion = insertion;
      this.pair = pair;
      this.step = step;
      this.found =
          "a pair of scale %s stands before \"%s\"".formatted(pair.scale(), step.first().label());
    }

    boolean apply(Epilogue epilogue) {
      Value end = step.output();
      boolean mayPrecedeSum = step.mayPrecedeSum() && ResidualAdd.isFusible(pair.result());
      Optional<Float> covering = step.coveringScale(pair.scale());
      Optional<Step> next = epilogue.step(end);
      while (next.isPresent()) {
        covering = covering.flatMap(next.get()::coveringScale);
        mayPrecedeSum &= next.get().mayPrecedeSum();
        end = next.get().output();
        next = epilogue.step(end);
      }
      Optional<Int8Pair> behind = Int8Pair.on(end);
      boolean isFused = mayPrecedeSum && isReadBySum(end);
      List<Use> bare =
          isFused ? List.of() : end.uses().stream().filter(Int8Operators::wantsPair).toList();
      if (behind.isPresent()) {
        serve(behind.get(), end, bare);
      } else if (bare.isEmpty()) {
        finish("the pair is removed");
      } else {
        Optional<Float> observed = context.observedScale(end);
        return move(end, bare, observed.isPresent() ? observed : covering);
      }
      return true;
    }

    /** The edge to an Add that is fused too needs no pair (R10). */
    private static boolean isReadBySum(Value end) {
      return end.hasSingleReader() && Int8Operators.isSum(end.uses().get(0).node());
    }

    private void serve(Int8Pair behind, Value end, List<Use> bare) {
      for (Use use : bare) {
        context.rewriter().replaceInput(use, insertion.resultBefore(use.node(), behind));
      }
      Optional<Float> finer =
          context
              .observedScale(end)
              .filter(scale -> behind.hasScaleOf(pair) && scale < behind.scale());
      finer.ifPresent(scale -> refine(behind, end, scale));
      finish(
          "the pair is removed, that on \"%s\" stays".formatted(end)
              + finer
                  .map(s -> ", scale %s -> %s, as data was observed".formatted(pair.scale(), s))
                  .orElse(""));
    }

    private boolean move(Value end, List<Use> bare, Optional<Float> scale) {
      if (scale.isEmpty()) {
        context.refused(
            Defect.PAIR_BEFORE_EPILOGUE,
            pair.site(),
            found,
            "\"%s\" would need a pair instead; give ranges that hold it".formatted(end));
        return false;
      }
      Node anchor = insertion.first(bare.stream().map(Use::node).toList());
      Value result = insertion.insertBefore(anchor, end, scale.get());
      bare.forEach(use -> context.rewriter().replaceInput(use, result));
      finish("the pair is moved to \"%s\", with scale %s".formatted(end, scale.get()));
      return true;
    }

    private void finish(String done) {
      context.repaired(Defect.PAIR_BEFORE_EPILOGUE, pair.site(), found, done);
      pair.remove(context.rewriter());
    }

    /** Gives a pair and all that has its scale from it a finer one. */
    private void refine(Int8Pair behind, Value end, float scale) {
      Map<Node, Int8Pair> same = new LinkedHashMap<>();
      collect(end, behind, same);
      List<Node> nodes = new ArrayList<>();
      same.values().forEach(found -> nodes.addAll(found.nodes()));
      context.setInt8Scale(nodes, end.name(), scale);
    }

    private static void collect(Value start, Int8Pair model, Map<Node, Int8Pair> same) {
      Deque<Value> open = new ArrayDeque<>(List.of(start));
      while (!open.isEmpty()) {
        for (Use use : open.pop().uses()) {
          Optional<Int8Pair> pair = Int8Pair.of(use.node()).filter(model::hasScaleOf);
          if (pair.isPresent() && same.put(use.node(), pair.get()) == null) {
            open.add(pair.get().result());
          } else if (pair.isEmpty() && Int8Operators.commutes(use)) {
            open.addAll(use.node().outputs());
          }
        }
      }
    }
  }
}
