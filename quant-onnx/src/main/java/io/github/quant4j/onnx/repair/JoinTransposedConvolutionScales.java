/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static io.github.quant4j.onnx.repair.Defect.TRANSPOSED_CONVOLUTION_SCALES;

import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.qdq.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * R34: gives the weight of a ConvTranspose one scale, {@code absmax / 127}, where it has one per
 * channel: axis 1 of such a weight is shared between groups, and builds and results of TensorRT
 * differ between versions. The weight is rounded a second time, by at most half the new scale. ONNX
 * Runtime computes either form, so for it the scales stay.
 */
final class JoinTransposedConvolutionScales implements RepairPass {
  @Override
  public boolean run(RepairContext context) {
    WeightWriter writer = new WeightWriter(context);
    boolean isChanged = false;
    for (Map.Entry<Value, List<Use>> entry : weights(context).entrySet()) {
      QuantizedWeight weight = QuantizedWeight.of(entry.getKey()).orElseThrow();
      isChanged |= join(context, writer, weight, entry.getValue());
    }
    return isChanged;
  }

  private static Map<Value, List<Use>> weights(RepairContext context) {
    Map<Value, List<Use>> readers = new LinkedHashMap<>();
    for (Node node : context.graph().nodes()) {
      if (node.is("ConvTranspose")) {
        node.input(1)
            .filter(
                value -> QuantizedWeight.of(value).filter(QuantizedWeight::isPerAxis).isPresent())
            .ifPresent(
                value ->
                    readers.computeIfAbsent(value, v -> new ArrayList<>()).add(new Use(node, 1)));
      }
    }
    return readers;
  }

  private static boolean join(
      RepairContext context, WeightWriter writer, QuantizedWeight weight, List<Use> readers) {
    Site site = Site.of(readers.get(0).node(), weight.source());
    String found =
        "%s scales along axis %s".formatted(weight.scale().shape().elementCount(), weight.axis());
    if (context.options().target() == Target.ONNXRUNTIME) {
      String reason = "kept: ONNX Runtime, the target, takes scales per channel";
      context.kept(TRANSPOSED_CONVOLUTION_SCALES, site, found, reason);
      return false;
    }
    Tensor floats = weight.floatsOf(weight.source().constant().orElseThrow());
    Optional<WeightRounding> joined = WeightRounding.of(floats, OptionalInt.empty());
    if (joined.isEmpty()) {
      String reason = "its scales give weights that are not finite; correct the scales";
      context.refused(TRANSPOSED_CONVOLUTION_SCALES, site, found, reason);
      return false;
    }
    WeightRounding rounding = joined.get();
    Value codes = context.addConstant(weight.source() + "_joined", rounding.codes(floats));
    writer.replace(weight, readers, new WeightCodes(codes, rounding.scale(), rounding.axis()));
    String done =
        "%s, which changes weights by %s at most"
            .formatted(rounding, rounding.largestError(floats));
    context.repaired(TRANSPOSED_CONVOLUTION_SCALES, site, found, done);
    return true;
  }
}
