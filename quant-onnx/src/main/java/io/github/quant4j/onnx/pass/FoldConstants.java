/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import java.util.List;

/**
 * Replaces what is computed from constants alone by an initializer of the same name, so that a
 * weight behind a Transpose, a Reshape, a Cast from float16 or a product of constants is seen for
 * what it is (trap 1 of exported models; rule A4).
 *
 * <ol>
 *   <li>Folded: Identity, Cast, Reshape, Squeeze, Unsqueeze, Transpose, Slice, Expand, Concat,
 *       Gather, Shape, ConstantOfShape and Pad by nothing, of any element type of 8 to 64 bits,
 *       where the operator only moves elements; Add, Sub, Mul, Div and Neg of float32, int32 and
 *       int64; Sqrt of float32; Cast to float32 from float16, bfloat16, float64 and whole numbers
 *       (int8, uint8, int32, int64), and between these. Chains fold whole.
 *   <li>Not folded: anything that depends on an input of the graph; QuantizeLinear and
 *       DequantizeLinear; what is an output of the graph; an operator that would fail; a division
 *       of whole numbers by 0 or -1; a Cast to whole numbers that not all values fit.
 *   <li>A result of more than 1 MiB that is more than 16 times as large as its operands together
 *       stays computed: writing it out would bloat the model file.
 *   <li>Operands that others read, subgraphs included, stay; others are dropped at once. An
 *       initializer that the model lists as input counts as constant.
 * </ol>
 *
 * <p>Results are those of ONNX Runtime bit by bit, but for the bits of a NaN: float32 arithmetic,
 * one rounding for each operator. Cost: time and memory of the results, a few bytes for Reshape and
 * its like, which share the contents of their operand. Source: the ONNX operators named.
 */
public final class FoldConstants implements GraphPass {
  private static final long LARGEST_GROWTH = 16;
  private static final long SMALL_BYTES = 1 << 20;

  /** Creates the pass, which holds no state. */
  public FoldConstants() {}

  @Override
  public boolean run(OnnxModel model) {
    GraphRewriter rewriter = model.graph().rewriter();
    boolean modified = false;
    for (Node node : model.graph().nodes()) {
      if (isOfConstants(node)) {
        modified |=
            ConstantExpression.of(node)
                .filter(result -> isSmallEnough(result, node))
                .map(result -> replace(rewriter, node, result))
                .isPresent();
      }
    }
    return modified;
  }

  private static boolean isOfConstants(Node node) {
    return node.outputs().size() == 1
        && node.output(0).filter(output -> !output.isGraphOutput()).isPresent()
        && !node.inputs().isEmpty()
        && node.inputs().stream().allMatch(Value::isConstant);
  }

  private static boolean isSmallEnough(ConstantResult result, Node node) {
    long size = result.byteSize();
    if (size > Integer.MAX_VALUE) {
      return false;
    }
    long operands = 0;
    for (Value operand : node.inputs()) {
      operands += byteSize(operand);
    }
    return size <= SMALL_BYTES || size / LARGEST_GROWTH <= operands;
  }

  private static long byteSize(Value constant) {
    int bits = constant.constantElementType().map(ElementType::bitWidth).orElse(0);
    return constant.constantShape().orElseThrow().elementCount() * bits / Byte.SIZE;
  }

  private static ConstantResult replace(GraphRewriter rewriter, Node node, ConstantResult result) {
    List<Value> operands = node.inputs();
    rewriter.replaceByConstant(node, result.elementType(), result.shape(), result.contents());
    operands.stream().distinct().filter(Value::isUnused).forEach(rewriter::removeInitializer);
    return result;
  }
}
