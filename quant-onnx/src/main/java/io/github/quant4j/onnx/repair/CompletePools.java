/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Defect.ONE_SIDED_POOL;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.SymmetricInt8;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.pattern.OperatorClass;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * R37: gives an average over space a pair on both sides, or none. An average does not commute with
 * rounding, so that INT8 pays only between two pairs.
 *
 * <ol>
 *   <li>A pair on its input alone is taken off this edge: the average reads the float tensor.
 *   <li>A pair on its output alone, behind an operator that computes in INT8, is completed: by the
 *       pair other readers of its input have, else, where the average is the only reader, by one of
 *       scale {@code absmax / 127} from calibration; without that it stays.
 *   <li>A pair on its output alone behind float operators belongs to the reader of the average.
 * </ol>
 */
final class CompletePools implements RepairPass {

  @Override
  public boolean run(RepairContext context) {
    List<Node> candidates =
        new ArrayList<>(
            context.graph().nodes().stream().filter(CompletePools::isCandidate).toList());
    if (candidates.isEmpty()) {
      return false;
    }
    // the last first: a pair that one average loses may have been the output pair of another
    Collections.reverse(candidates);
    ShapeInference shapes = context.shapes();
    Completion completion = new Completion(context);
    boolean isChanged = false;
    for (Node node : candidates) {
      isChanged |= OperatorClass.isAverage(node, shapes) && completion.complete(node);
    }
    return isChanged;
  }

  /** Tells whether a node may be an average with a pair; its shape is not looked at. */
  private static boolean isCandidate(Node node) {
    return node.is("AveragePool", "GlobalAveragePool", "ReduceMean")
        && node.input(0).isPresent()
        && (QuantizedActivation.agreedBehind(node.requiredInput(0)).isPresent()
            || PoolSurroundings.isQuantizedBehind(node.output()));
  }

  /** One run of the pass. */
  private static final class Completion {
    private final RepairContext context;
    private @Nullable PairInsertion pairs;

    Completion(RepairContext context) {
      this.context = context;
    }

    boolean complete(Node average) {
      Value input = average.requiredInput(0);
      Optional<QuantizedActivation> before = QuantizedActivation.agreedBehind(input);
      boolean isQuantizedBehind = PoolSurroundings.isQuantizedBehind(average.output());
      if (before.isPresent() && !isQuantizedBehind) {
        drop(average, before.get());
        return true;
      }
      return isQuantizedBehind
          && !CodeOrigin.isQuantized(input)
          && PoolSurroundings.isComputedInInt8(input)
          && add(average, input);
    }

    private void drop(Node average, QuantizedActivation before) {
      Value input = average.requiredInput(0);
      context.repaired(
          ONE_SIDED_POOL,
          Site.of(average, input),
          "%s reads a pair, no reader of its output is quantized".formatted(average.opType()),
          "reads float tensor \"%s\"".formatted(before.tensor()));
      context.rewriter().replaceInput(new Use(average, 0), before.tensor());
      for (Quantizer dequantize : before.dequantizes()) {
        removeIfUnused(dequantize.node());
      }
      removeIfUnused(before.quantize().node());
    }

    private void removeIfUnused(Node node) {
      if (node.output().isUnused()) {
        context.rewriter().remove(node);
      }
    }

    private boolean add(Node average, Value input) {
      Site site = Site.of(average, input);
      String found =
          "the output of %s is quantized, its input is float, from an INT8 operator"
              .formatted(average.opType());
      List<Use> reader = List.of(new Use(average, 0));
      Optional<QuantizedActivation> pair = QuantizedActivation.symmetricOn(input);
      Optional<ValueRange> range = context.observed(input).filter(r -> input.hasSingleReader());
      if (pair.isPresent()) {
        float scale = pair.get().quantize().singleScale().orElseThrow();
        context.repaired(
            ONE_SIDED_POOL, site, found, "reads the pair of its input, scale " + scale);
        pairs().read(pair.get(), reader);
      } else if (range.isPresent()) {
        float scale = SymmetricInt8.forActivation(range.get()).scale(0);
        context.repaired(ONE_SIDED_POOL, site, found, "pair of scale " + scale + " on the input");
        pairs().insert(input, reader, scale);
      } else {
        context.kept(
            ONE_SIDED_POOL,
            site,
            found,
            input.hasSingleReader()
                ? "kept: the range of its input is not known; give calibration data"
                : "kept: its input has float readers");
        return false;
      }
      return true;
    }

    private PairInsertion pairs() {
      if (pairs == null) {
        pairs = new PairInsertion(context);
      }
      return pairs;
    }
  }
}
