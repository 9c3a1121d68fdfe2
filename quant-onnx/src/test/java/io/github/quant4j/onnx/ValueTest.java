/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.internal.proto.TypeProto;
import io.github.quant4j.onnx.internal.proto.ValueInfoProto;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValueTest {
  @Test
  void type_declaredDimensions_areNumbersNamesAndUnknowns() {
    ModelBuilder builder = ModelBuilder.create();
    builder.input("x", "n", 3, "?", -1);
    TensorType type = builder.build().graph().value("x").orElseThrow().type();

    assertThat(type.elementType()).hasValue(ElementType.FLOAT);
    assertThat(type.dimensions())
        .hasValue(
            List.of(
                new Dimension.Symbolic("n"),
                Dimension.of(3),
                Dimension.unknown(),
                Dimension.unknown()));
    assertThat(type).hasToString("float[n, 3, ?, ?]");
  }

  @Test
  void constantElementType_initializerAndComputedValue_isThatOfTheInitializer() {
    ModelBuilder builder = ModelBuilder.create();
    builder.sum("y", builder.input("x", 1), builder.longs("k", 1));
    Graph graph = builder.build().graph();

    assertThat(graph.value("k").flatMap(Value::constantElementType)).hasValue(ElementType.INT64);
    assertThat(graph.value("x").flatMap(Value::constantElementType)).isEmpty();
  }

  @Test
  void type_undeclared_isUnknown() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("r", builder.input("x", 3));

    assertThat(builder.build().graph().value("r")).map(Value::type).hasValue(TensorType.UNKNOWN);
    assertThat(TensorType.UNKNOWN).hasToString("?[...]");
  }

  @Test
  void type_sequence_isUnknown() {
    ModelBuilder builder = ModelBuilder.create();
    builder
        .graph()
        .addInput(
            ValueInfoProto.newBuilder()
                .setName("s")
                .setType(TypeProto.newBuilder().setSequenceType(TypeProto.Sequence.newBuilder())));

    assertThat(builder.build().graph().value("s")).map(Value::type).hasValue(TensorType.UNKNOWN);
  }

  @Test
  void dimension_negativeSize_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dimension.of(-1))
        .withMessage("size must be at least 0, was -1");
  }

  @Test
  void mayBe_unknownElementType_isPossible() {
    assertThat(TensorType.UNKNOWN.mayBe(ElementType.INT8)).isTrue();
    assertThat(TensorType.UNKNOWN.withElementType(ElementType.FLOAT).mayBe(ElementType.INT8))
        .isFalse();
  }

  @Test
  void constantShape_initializer_isKnownWithoutItsContents() {
    ModelBuilder builder = ModelBuilder.create();
    builder.weight("w", 2, 3);

    assertThat(builder.build().graph().value("w").flatMap(Value::constantShape))
        .hasValue(Shape.of(2, 3));
  }

  @Test
  void hasSingleReader_outputOfTheGraph_countsAsRead() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("b", builder.relu("a", builder.input("x", 3)));
    Graph graph = builder.output("a").output("b").build().graph();

    assertThat(graph.value("a")).map(Value::hasSingleReader).hasValue(false);
    assertThat(graph.value("x")).map(Value::hasSingleReader).hasValue(true);
    assertThat(graph.value("b")).map(Value::isUnused).hasValue(false);
  }
}
