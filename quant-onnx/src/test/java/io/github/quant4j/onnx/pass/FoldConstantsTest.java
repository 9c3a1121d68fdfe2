/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of the graph around a folded expression. */
class FoldConstantsTest {
  private static final Map<String, Tensor> INPUT =
      Map.of("x", ModelBuilder.random(1, 1, 2, 4, 5, 5));
  private static final Map<String, Tensor> ROW = Map.of("x", ModelBuilder.random(1, 1, 2, 3));

  private final FoldConstants pass = new FoldConstants();

  @Test
  void run_weightBehindAChain_becomesAnInitializer() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 4, 5, 5);
    builder.constant("half", halves(4, 3, 3, 6));
    builder.add("Cast", "float", List.of("half"), ModelBuilder.integer("to", 1));
    builder.add("Transpose", "turned", List.of("float"), ModelBuilder.integers("perm", 3, 0, 1, 2));
    builder.constant("factor", ModelBuilder.random(3, 1, 6, 1, 1, 1));
    builder.add("Mul", "W", List.of("turned", "factor"));
    OnnxModel model = builder.output(builder.convOf("y", x, "W")).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, INPUT, 0);

    assertThat(PassEffect.operators(model)).containsExactly("Conv");
    assertThat(model.graph().initializers()).extracting(Value::name).containsExactly("W");
    assertThat(model.graph().value("W").flatMap(Value::constantElementType))
        .hasValue(ElementType.FLOAT);
  }

  /** LSTM and its like leave out the outputs that nobody reads, the first one too. */
  @Test
  void run_nodeWithoutItsFirstOutput_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    builder.constant("X", ModelBuilder.random(1, 1, 3, 2, 4));
    builder.constant("W", ModelBuilder.random(2, 1, 1, 15, 4));
    builder.constant("R", ModelBuilder.random(3, 1, 1, 15, 5));
    builder.add("GRU", "", List.of("X", "W", "R"), ModelBuilder.integer("hidden_size", 5));
    OnnxModel model = builder.outputs("last").output("last").build();

    assertThat(pass.run(model)).isFalse();
    assertThat(OnnxRuntimeOracle.run(model, Map.of())).containsOnlyKeys("last");
  }

  @Test
  void run_expressionOfAnInput_isLeftAlone() {
    ModelBuilder builder = ModelBuilder.create();
    String x = builder.input("x", "n", 3);
    builder.constant("k", ModelBuilder.random(1, 1, 3));
    builder.add("Mul", "m", List.of(x, "k"));
    builder.add("Shape", "s", List.of(x));
    builder.add("Reshape", "y", List.of("m", "s"));

    assertThat(pass.run(builder.output("y").build())).isFalse();
  }

  @Test
  void run_initializerListedAsInput_countsAsConstant() {
    ModelBuilder builder = negated().irVersion(3).opset(8);
    builder.input("k", 3);
    OnnxModel model = builder.build();

    PassEffect.assertKeepsTheFunction(pass::run, model, ROW, 0);

    assertThat(PassEffect.operators(model)).containsExactly("Add");
    assertThat(model.graph().value("k")).isEmpty();
  }

  @Test
  void run_operandWithAnotherReader_stays() {
    ModelBuilder builder = negated();
    OnnxModel model = builder.output(builder.sum("z", "x", "k")).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, ROW, 0);

    assertThat(model.graph().value("k")).isPresent();
  }

  @Test
  void run_operandReadByABody_staysAsItIs() {
    ModelBuilder builder = negated();
    OnnxModel model = builder.output(Bodies.choice(builder, "z", "k")).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, ROW, 0);

    assertThat(model.graph().value("k").filter(Value::isConstant)).isPresent();
  }

  @Test
  void run_resultReadByABody_keepsItsName() {
    ModelBuilder builder = negated();
    OnnxModel model = builder.output(Bodies.choice(builder, "z", "n")).build();

    PassEffect.assertKeepsTheFunction(pass::run, model, ROW, 0);

    assertThat(PassEffect.operators(model)).containsExactly("Add", "If");
  }

  @Test
  void run_resultThatIsAnOutput_isLeftAlone() {
    assertThat(pass.run(negated().output("n").build())).isFalse();
  }

  @Test
  void run_operatorOfAnotherDomain_isLeftAlone() {
    ModelBuilder builder = negated();
    builder.graph().getNodeBuilder(0).setDomain("com.example");

    assertThat(pass.run(builder.build())).isFalse();
  }

  @Test
  void run_textConstant_isLeftAlone() {
    ModelBuilder builder = negated();
    builder
        .graph()
        .addInitializer(
            TensorProto.newBuilder()
                .setName("text")
                .setDataType(ElementType.STRING.onnxCode())
                .addDims(1)
                .addStringData(ByteString.copyFromUtf8("a")));
    builder.graph().getNodeBuilder(0).setInput(0, "text");

    assertThat(pass.run(builder.build())).isFalse();
  }

  @Test
  void run_resultThatIsMuchLargerThanItsOperands_staysComputed() {
    assertThat(pass.run(expanded(1 << 18))).isTrue();
    assertThat(pass.run(expanded((1 << 18) + 1))).isFalse();
    assertThat(pass.run(expanded(1L << 40))).isFalse();
  }

  @Test
  void run_largeResultOfLargeOperands_isFolded() {
    ModelBuilder builder = ModelBuilder.create();
    builder.input("x", 1);
    builder.constant("k", ModelBuilder.random(1, 1, 1 << 16));
    // 16 times (4 * 2^16 + 2 * 8) bytes at most.
    builder.longs("sizes", 16, 1);
    builder.add("Expand", "e", List.of("k", "sizes"));
    builder.longs("more", 17, 1);
    builder.add("Expand", "f", List.of("k", "more"));
    OnnxModel model =
        builder.output(builder.sum("y", "x", "e")).output(builder.sum("z", "x", "f")).build();

    assertThat(pass.run(model)).isTrue();

    assertThat(PassEffect.operators(model)).containsExactly("Expand", "Add", "Add");
  }

  /** A model that adds 4 bytes, expanded to some size, to its input. */
  private static OnnxModel expanded(long size) {
    ModelBuilder builder = ModelBuilder.create();
    builder.input("x", 1);
    builder.constant("k", Tensor.ofFloats(Shape.of(1), 1));
    builder.longs("size", size);
    builder.add("Expand", "e", List.of("k", "size"));
    return builder.output(builder.sum("y", "x", "e")).build();
  }

  /** Adds to an input the negative of a constant k. */
  private static ModelBuilder negated() {
    ModelBuilder builder = ModelBuilder.create();
    builder.input("x", "n", 3);
    builder.constant("k", ModelBuilder.random(1, 1, 3));
    builder.add("Neg", "n", List.of("k"));
    return builder.output(builder.sum("y", "x", "n"));
  }

  /** Returns float16 numbers between 2^-14 and 1, some of them negative. */
  private static Tensor halves(long... dimensions) {
    Shape shape = Shape.of(dimensions);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(shape.elementCount()) * Short.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; bytes.hasRemaining(); i++) {
      bytes.putShort((short) (0x0400 + ((i * 7919 % 0x3800) | (i % 3 == 0 ? 0x8000 : 0))));
    }
    return Tensor.of(ElementType.FLOAT16, shape, bytes.flip());
  }
}
