/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.GraphRewriter;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.NodeBlueprint;
import io.github.quant4j.onnx.NodeEditor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Use;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.shape.ShapeInference;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Turns a Gemm that classifies what a GlobalAveragePool leaves into a Conv with kernels of 1 x 1,
 * and flattens behind it instead of before: the same sums, so the same result.
 *
 * <p>TensorRT runs an INT8 Conv of any number of outputs in one kernel that reads the layout of the
 * pool and writes float. Of a Gemm with few outputs it makes three kernels in FP16, and the pool
 * and the operator before it have to leave INT8 for them: on an H200 a ResNet-20 at batch 128 takes
 * 0.177 ms with the Gemm, in float or INT8, and 0.165 ms with the Conv.
 *
 * <ol>
 *   <li>The pool is followed by one Flatten, Reshape or Squeeze to [samples, channels], that by the
 *       Gemm, and nothing else reads either.
 *   <li>The Gemm has a float32 matrix, a constant bias per output or none, and no factors; {@link
 *       FoldGemmFactors} goes first.
 *   <li>The Conv keeps the name of the Gemm, the node behind it that of the one before, and its
 *       output that of the Gemm's.
 * </ol>
 */
public final class TurnClassifiersIntoConvolutions implements GraphPass {
  /** Creates the pass, which holds no state. */
  public TurnClassifiersIntoConvolutions() {}

  @Override
  public boolean run(OnnxModel model) {
    ShapeInference shapes = ShapeInference.of(model.graph());
    GraphRewriter rewriter = model.graph().rewriter();
    boolean modified = false;
    for (Node node : model.graph().nodes()) {
      Optional<Node> flattening = isPlainGemm(node) ? flattening(node, shapes) : Optional.empty();
      if (flattening.isPresent()) {
        turn(rewriter, node, flattening.get());
        modified = true;
      }
    }
    return modified;
  }

  private static boolean isPlainGemm(Node node) {
    return node.is("Gemm")
        && node.integer("transA", 0) == 0
        && node.real("alpha", 1) == 1
        && node.real("beta", 1) == 1
        && OwnedConstants.floatShape(node, 1).isPresent()
        && (node.input(2).isEmpty() || hasBiasPerOutput(node));
  }

  private static boolean hasBiasPerOutput(Node gemm) {
    Shape bias = OwnedConstants.floatShape(gemm, 2).orElseGet(() -> Shape.of(0));
    if (bias.elementCount() == 1) {
      return true;
    }
    long outputCount = outputCount(gemm);
    return bias.elementCount() == outputCount && bias.dimension(bias.rank() - 1) == outputCount;
  }

  private static long outputCount(Node gemm) {
    return matrix(gemm).dimension(isTransposed(gemm) ? 0 : 1);
  }

  private static long inputCount(Node gemm) {
    return matrix(gemm).dimension(isTransposed(gemm) ? 1 : 0);
  }

  private static Shape matrix(Node gemm) {
    return OwnedConstants.floatShape(gemm, 1).orElseThrow();
  }

  private static boolean isTransposed(Node gemm) {
    return gemm.integer("transB", 0) != 0;
  }

  /** Returns the node between the pool and the Gemm. */
  private static Optional<Node> flattening(Node gemm, ShapeInference shapes) {
    Value flat = gemm.requiredInput(0);
    boolean isFlat =
        shapes
            .dimensions(flat)
            .filter(sizes -> sizes.size() == 2 && sizes.get(1).isFixed(inputCount(gemm)))
            .isPresent();
    return flat.producer()
        .filter(node -> isFlat && flat.hasSingleReader())
        .filter(node -> node.is("Flatten", "Reshape", "Squeeze"))
        .filter(node -> isPooled(node.requiredInput(0), inputCount(gemm), shapes));
  }

  private static boolean isPooled(Value value, long channelCount, ShapeInference shapes) {
    return value.hasSingleReader()
        && value.producer().filter(node -> node.is("GlobalAveragePool")).isPresent()
        && shapes
            .dimensions(value)
            .filter(sizes -> sizes.size() == 4 && sizes.get(1).isFixed(channelCount))
            .isPresent();
  }

  private static void turn(GraphRewriter rewriter, Node gemm, Node flattening) {
    OwnedConstants constants = new OwnedConstants(rewriter);
    boolean isTransposed = isTransposed(gemm);
    int outputCount = Math.toIntExact(outputCount(gemm));
    constants.put(new Use(gemm, 1), kernels(constant(gemm, 1), isTransposed));
    if (gemm.input(2).isPresent()) {
      constants.put(new Use(gemm, 2), perOutput(constant(gemm, 2), outputCount));
    }
    rewriter.replaceInput(new Use(gemm, 0), flattening.requiredInput(0));
    List<Value> sizes = flattening.inputs().stream().filter(Value::isConstant).toList();
    rewriter.remove(flattening);
    sizes.stream().filter(Value::isUnused).forEach(rewriter::removeInitializer);
    NodeEditor editor = rewriter.edit(gemm);
    editor.changeOperator("Conv");
    List.of("alpha", "beta", "transA", "transB").stream()
        .filter(gemm::hasAttribute)
        .forEach(editor::removeAttribute);
    Value result = gemm.output();
    rewriter.divert(
        result,
        rewriter.freeName(result + "_pooled"),
        pooled ->
            NodeBlueprint.of("Flatten", flattening.name(), List.of(pooled), result.name())
                .withInteger("axis", 1));
  }

  private static Tensor constant(Node gemm, int index) {
    return OwnedConstants.floatConstant(gemm, index).orElseThrow();
  }

  private static Tensor kernels(Tensor matrix, boolean isTransposed) {
    long rows = matrix.shape().dimension(0);
    long columns = matrix.shape().dimension(1);
    return isTransposed
        ? Tensor.of(ElementType.FLOAT, Shape.of(rows, columns, 1, 1), matrix.bytes())
        : Tensor.ofFloats(
            Shape.of(columns, rows, 1, 1), transposed(matrix.floats(), (int) rows, (int) columns));
  }

  private static float[] transposed(FloatBuffer values, int rows, int columns) {
    float[] transposed = new float[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        transposed[column * rows + row] = values.get(row * columns + column);
      }
    }
    return transposed;
  }

  private static Tensor perOutput(Tensor bias, int outputCount) {
    float[] values = new float[outputCount];
    if (bias.shape().elementCount() == 1) {
      Arrays.fill(values, bias.floats().get(0));
    } else {
      bias.floats().get(values);
    }
    return Tensor.ofFloats(Shape.of(outputCount), values);
  }
}
