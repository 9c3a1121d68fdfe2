/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.half;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Bodies;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConvertToHalfTest {
  private static final Tensor SAMPLE = ModelBuilder.random(3, 1, 2, 4, 8, 8);

  private final ModelBuilder builder = ModelBuilder.create().opset(19).irVersion(9);

  @Test
  void run_convolutions_leavesACastAtEachEndOnly() {
    String x = builder.input("x", "n", 4, 8, 8);
    String conv = builder.conv("c2", builder.relu("r", builder.conv("c1", x, 4, 8, 3)), 8, 4, 1);
    OnnxModel model = builder.output(conv).build();

    OnnxModel half = converted(model);

    assertThat(casts(half)).containsExactly("x -> x_float16", "c2_float16 -> c2");
    assertThat(floatValues(half)).containsExactlyInAnyOrder("x", "c2");
    assertThat(half.graph().outputs().get(0).type()).isEqualTo(outputType(model));
    assertThat(half.irVersion()).isEqualTo(9);
    assertCloseTo(model, half, 55);
  }

  @Test
  void run_stringsBesideFloats_areLeftAlone() {
    builder
        .graph()
        .addInitializer(
            TensorProto.newBuilder()
                .setName("words")
                .addDims(1)
                .setDataType(TensorProto.DataType.STRING.getNumber())
                .addStringData(ByteString.copyFromUtf8("a")));
    builder.add("Identity", "copy", List.of("words"));
    builder.output(builder.relu("r", data()));
    builder.graph().addOutput(ModelBuilder.value("copy", 8, 1));

    assertThat(floatValues(converted(builder.build()))).containsExactlyInAnyOrder("x", "r");
  }

  @Test
  void run_secondTime_changesNothing() {
    OnnxModel half = converted(endingWith(normalized(data(), 1e-5f)));
    byte[] bytes = half.toByteArray();

    assertThat(ConvertToHalf.create().run(half)).isFalse();
    assertThat(half.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void run_opsetBefore19_isRefusedAndChangesNothing() {
    OnnxModel model = builder.opset(17).output(builder.relu("r", builder.input("x", 2))).build();
    byte[] bytes = model.toByteArray();

    assertThatThrownBy(() -> ConvertToHalf.create().run(model))
        .isInstanceOf(OnnxException.class)
        .hasMessage(
            "the model imports opset 17, and a network of float16 and int8 needs opset 19 or later;"
                + " lift the opset first");
    assertThat(model.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void run_tensorSeenToBeTooLarge_staysFloatWithItsReaders() {
    OnnxModel model = largeInBetween();
    CalibrationTable seen = seen(Map.of("large", 120_000f, "small", 6f));
    ConvertToHalf pass = ConvertToHalf.create().withRanges(seen);
    OnnxModel half = model.copy();

    assertThat(pass.floatNodes(model))
        .containsOnlyKeys("large", "small")
        .containsEntry(
            "large",
            "tensor \"large\" reaches 120000.0, more than 32752.0 leaves no headroom in float16");
    assertThat(pass.run(half)).isTrue();
    assertThat(casts(half))
        .containsExactly(
            "x -> x_float16", "in -> in_float32", "small -> small_float16", "out_float16 -> out");
    assertCloseTo(model, half, 55);
  }

  @Test
  void run_tensorTooLargeThatNobodyLookedAt_overflows() {
    float[] values = OnnxRuntimeOracle.run(converted(largeInBetween()), SAMPLE);

    assertThat(values).contains(Float.NEGATIVE_INFINITY);
  }

  @Test
  void run_largeTensorMovedOn_staysFloatUntilItIsBounded() {
    builder.add("Mul", "large", List.of(data(), scalar("k", 60_000)));
    builder.add("Neg", "moved", List.of("large"));
    OnnxModel model = endingWith(builder.add("Sigmoid", "bounded", List.of("moved")));

    CalibrationTable seen = seen(Map.of("large", 60_000f));
    assertThat(ConvertToHalf.create().withRanges(seen).floatNodes(model))
        .containsOnlyKeys("large", "moved", "bounded");
  }

  @Test
  void run_maskOfLargeNumbers_softmaxStaysFloat() {
    float[] mask = {0, 0, 0, -1e9f, 0, -1e9f, 0, 0};
    builder.constant("mask", Tensor.ofFloats(Shape.of(8), mask));
    builder.add("Add", "masked", List.of(data(), "mask"));
    OnnxModel model = endingWith(builder.add("Softmax", "softmax", List.of("masked")));
    OnnxModel half = converted(model);

    assertThat(ConvertToHalf.create().floatNodes(model))
        .containsOnlyKeys("masked", "softmax")
        .containsEntry("masked", "constant \"mask\" holds -1.0E9, which float16 does not");
    assertThat(half.graph().value("mask").orElseThrow().constant().orElseThrow().elementType())
        .isEqualTo(ElementType.FLOAT);
    assertCloseTo(model, half, 55);
  }

  @Test
  void run_boundOfClipBeyond_isCut() {
    String x = builder.input("x", "n", 4, 8, 8);
    List<String> inputs = List.of(x, scalar("low", -0.5f), scalar("high", Float.MAX_VALUE));
    OnnxModel model = builder.output(builder.add("Clip", "clip", inputs)).build();
    OnnxModel half = converted(model);

    assertThat(ConvertToHalf.create().floatNodes(model)).isEmpty();
    assertCloseTo(model, half, 55);
  }

  @Test
  void run_normalizationOfSquares_isOneIslandOfTwoCasts() {
    OnnxModel model = endingWith(normalized(data(), 1e-5f));
    OnnxModel half = converted(model);

    assertThat(ConvertToHalf.create().floatNodes(model))
        .containsOnlyKeys("square", "variance", "shifted", "deviation", "ratio")
        .containsEntry("square", "a power leaves float16, a square beyond 255.9")
        .containsEntry("ratio", "lies beside nodes that stay float32");
    assertThat(casts(half))
        .containsExactly(
            "x -> x_float16",
            "centred -> centred_float32",
            "ratio -> ratio_float16",
            "out_float16 -> out");
    assertCloseTo(model, half, 50);
  }

  @Test
  void run_normalizationWithTinyEpsilon_keepsItAndWhatNeedsIt() {
    builder.longs("axis", -1);
    builder.add("ReduceMax", "most", List.of(builder.relu("r", data()), "axis"));
    builder.add("Add", "shifted", List.of("most", scalar("epsilon", 1e-12f)));
    builder.add("Sqrt", "root", List.of("shifted"));
    OnnxModel model = endingWith(builder.add("Div", "ratio", List.of("r", "root")));
    OnnxModel half = converted(model);

    assertThat(ConvertToHalf.create().floatNodes(model))
        .containsOnlyKeys("most", "shifted", "root", "ratio")
        .containsEntry("shifted", "constant \"epsilon\" holds 1.0E-12, which float16 rounds to 0");
    assertCloseTo(model, half, 50);
  }

  @Test
  void run_weightWithSomeTinyElements_becomesHalf() {
    String x = builder.input("x", "n", 4, 8, 8);
    builder.constant("w", Tensor.ofFloats(Shape.of(1, 4, 1, 1), 0.5f, 1e-9f, -1, 0.25f));
    OnnxModel model = builder.output(builder.convOf("c", x, "w")).build();

    assertThat(ConvertToHalf.create().floatNodes(model)).isEmpty();
  }

  @Test
  void run_divisorWithATinyElement_staysFloat() {
    String x = builder.input("x", "n", 4);
    builder.constant("d", Tensor.ofFloats(Shape.of(4), 0.5f, 1e-9f, -1, 0.25f));
    OnnxModel model = builder.output(builder.add("Div", "q", List.of(x, "d"))).build();

    assertThat(ConvertToHalf.create().floatNodes(model))
        .containsEntry("q", "constant \"d\" holds 1.0E-9, which float16 rounds to 0");
  }

  @Test
  void run_squareWrittenAsProduct_staysFloat() {
    String x = builder.input("x", "n", 4);
    OnnxModel model = builder.output(builder.add("Mul", "m", List.of(x, x))).build();

    assertThat(ConvertToHalf.create().floatNodes(model))
        .containsEntry("m", "a square leaves float16 beyond 255.9");
  }

  @Test
  void run_capturedTensor_keepsItsNameAndType() {
    String conv = builder.conv("c", data(), 4, 4, 3);
    String other = builder.conv("d", conv, 4, 4, 3);
    OnnxModel model = endingWith(builder.sum("s", Bodies.choice(builder, "if", conv), other));
    OnnxModel half = converted(model);

    assertThat(ConvertToHalf.create().floatNodes(model)).containsOnlyKeys("if");
    assertThat(casts(half))
        .containsExactly(
            "x -> x_float16", "c_float16 -> c", "if -> if_float16", "out_float16 -> out");
    assertCloseTo(model, half, 50);
  }

  @Test
  void run_operatorOfAnotherDomain_staysFloat() {
    builder
        .model()
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.microsoft").setVersion(1));
    String custom = builder.add("Gelu", "custom", List.of(data()));
    builder.graph().getNodeBuilder(1).setDomain("com.microsoft");
    builder.graph().addValueInfo(ModelBuilder.value("custom", 1, "n", 4, 8, 8));
    OnnxModel model = endingWith(custom);
    OnnxModel half = converted(model);

    assertThat(ConvertToHalf.create().floatNodes(model))
        .containsExactlyEntriesOf(
            Map.of("custom", "an operator of domain \"com.microsoft\" keeps its types"));
    assertThat(casts(half)).contains("in -> in_float32", "custom -> custom_float16");
    assertCloseTo(model, half, 50);
  }

  @Test
  void run_tensorOfUnknownType_isLeftAlone() {
    String x = builder.input("x", "n", 4);
    String custom = builder.add("Mystery", "custom", List.of(x));
    builder.graph().getNodeBuilder(0).setDomain("example");
    OnnxModel model = builder.output(builder.relu("end", builder.relu("r", custom))).build();
    OnnxModel half = converted(model);

    assertThat(casts(half)).isEmpty();
  }

  @Test
  void run_unknownTypeBesideAKnownOne_isThatOne() {
    String x = builder.input("x", "n", 4);
    builder.add("Mystery", "custom", List.of(x));
    builder.graph().getNodeBuilder(0).setDomain("example");
    OnnxModel model = endingWith(builder.sum("sum", "custom", x));

    assertThat(casts(converted(model))).containsExactly("sum -> sum_float16", "out_float16 -> out");
  }

  @Test
  void run_arithmeticOnShapes_keepsItsTypes() {
    String x = builder.input("x", "n", 4, 8, 8);
    builder.add("Shape", "shape", List.of(builder.relu("r", x)));
    builder.add("Cast", "floats", List.of("shape"), ModelBuilder.integer("to", 1));
    builder.add("Mul", "scaled", List.of("floats", scalar("one", 1)));
    builder.add("Cast", "longs", List.of("scaled"), ModelBuilder.integer("to", 7));
    OnnxModel model = builder.output(builder.add("Reshape", "y", List.of("r", "longs"))).build();
    OnnxModel half = converted(model);

    assertThat(ConvertToHalf.create().floatNodes(model))
        .containsExactlyEntriesOf(Map.of("scaled", "reads shapes and constants alone"));
    assertThat(casts(half))
        .containsExactly("x -> x_float16", "shape -> floats", "scaled -> longs", "y_float16 -> y");
    assertCloseTo(model, half, 55);
  }

  @Test
  void run_scalesOfResize_stayFloat() {
    String x = builder.input("x", "n", 4, 8, 8);
    builder.constant("scales", Tensor.ofFloats(Shape.of(4), 1, 1, 2, 2));
    OnnxModel model = builder.output(builder.add("Resize", "y", List.of(x, "", "scales"))).build();
    OnnxModel half = converted(model);

    assertThat(casts(half)).containsExactly("x -> x_float16", "y_float16 -> y");
    assertCloseTo(model, half, 55);
  }

  @Test
  void run_severalReadersInFloat_shareOneCast() {
    String r = data();
    builder.conv("c1", builder.add("Exp", "e1", List.of(r)), 4, 4, 1);
    builder.conv("c2", builder.add("Exp", "e2", List.of(r)), 4, 4, 1);
    OnnxModel model = endingWith(builder.sum("y", builder.sum("s", "c1", "c2"), r));
    OnnxModel half = converted(model);

    assertThat(casts(half)).filteredOn(cast -> cast.startsWith("in ->")).hasSize(1);
    assertCloseTo(model, half, 50);
  }

  @Test
  void run_constantReadInBothTypes_isThereTwice() {
    scalar("k", 2);
    builder.add("Pow", "p", List.of(builder.conv("c", data(), 4, 4, 1), "k"));
    OnnxModel model =
        endingWith(builder.add("PRelu", "m", List.of(builder.conv("d", "p", 4, 4, 1), "k")));
    OnnxModel half = converted(model);

    assertThat(half.graph().initializers()).extracting(Value::name).contains("k", "k_float16");
    assertCloseTo(model, half, 50);
  }

  @Test
  void run_outputReadInside_isReadInHalf() {
    String x = builder.input("x", "n", 4, 8, 8);
    String r = builder.relu("r", x);
    OnnxModel model = builder.output(r).output(builder.conv("c", r, 4, 4, 1)).build();
    OnnxModel half = converted(model);

    assertThat(casts(half)).containsExactly("x -> x_float16", "r_float16 -> r", "c_float16 -> c");
    assertCloseTo(model, half, 55);
  }

  @Test
  void run_declaredTypes_areThoseOfTheResult() {
    String r = builder.relu("r", builder.input("x", "n", 4));
    builder.graph().addValueInfo(ModelBuilder.value("r", 1, "n", 4));
    OnnxModel half = converted(builder.output(builder.relu("y", r)).build());
    OnnxModel read = OnnxModel.of(half.toByteArray());

    assertThat(read.graph().value("r").orElseThrow().type().toString()).isEqualTo("float16[n, 4]");
  }

  @Test
  void run_constantNodes_becomeHalfConstants() {
    Tensor two = Tensor.ofFloats(Shape.of(), 2);
    builder.add("Constant", "k", List.of(), ModelBuilder.tensor("value", two));
    String x = builder.input("x", "n", 4, 8, 8);
    OnnxModel model = builder.output(builder.add("Mul", "y", List.of(x, "k"))).build();
    OnnxModel half = converted(model);

    assertThat(floatValues(half)).containsExactlyInAnyOrder("x", "y");
    assertCloseTo(model, half, 55);
  }

  @Test
  void observationPoints_model_areTheTensorsThatBecomeHalf() {
    builder.add("Exp", "e", List.of(data()));
    OnnxModel model = builder.output(builder.conv("c", "e", 4, 4, 1)).build();

    assertThat(ConvertToHalf.observationPoints(model)).containsExactly("c", "in", "x");
  }

  @Test
  void run_nodesByNature_areNamedWithTheReason() {
    String x = builder.input("x", "n", 4, 8, 8);
    String rnn = builder.add("Celu", "celu", List.of(builder.add("Log", "log", List.of(x))));
    OnnxModel model = builder.output(rnn).build();

    assertThat(ConvertToHalf.create().floatNodes(model))
        .containsEntry("log", "a logarithm magnifies what rounding does to small numbers")
        .containsEntry("celu", "Celu is not known to compute in float16");
  }

  /** Adds an input "x" and a convolution "in", which computes in float16 and reaches about 3. */
  private String data() {
    return builder.conv("in", builder.input("x", "n", 4, 8, 8), 4, 4, 1);
  }

  /** Ends the model with a convolution "out", which computes in float16. */
  private OnnxModel endingWith(String value) {
    return builder.output(builder.conv("out", value, 4, 4, 1)).build();
  }

  /** Adds (x - mean) / sqrt(mean((x - mean)^2) + epsilon). */
  private String normalized(String x, float epsilon) {
    builder.longs("axis", -1);
    builder.add("ReduceMean", "mean", List.of(x, "axis"));
    builder.add("Sub", "centred", List.of(x, "mean"));
    builder.add("Pow", "square", List.of("centred", scalar("two", 2)));
    builder.add("ReduceMean", "variance", List.of("square", "axis"));
    builder.add("Add", "shifted", List.of("variance", scalar("epsilon", epsilon)));
    builder.add("Sqrt", "deviation", List.of("shifted"));
    return builder.add("Div", "ratio", List.of("centred", "deviation"));
  }

  /** Returns a model whose tensor "large" reaches 120,000 for inputs up to 1. */
  private OnnxModel largeInBetween() {
    builder.add("Mul", "large", List.of(data(), scalar("k1", 60_000)));
    return endingWith(builder.add("Mul", "small", List.of("large", scalar("k2", 1 / 60_000f))));
  }

  private String scalar(String name, float value) {
    return builder.constant(name, Tensor.ofFloats(Shape.of(), value));
  }

  private static CalibrationTable seen(Map<String, Float> largest) {
    CalibrationTable.Builder table = CalibrationTable.builder();
    largest.forEach((name, most) -> table.put(name, new TensorStatistics(-most, most, 1, 0)));
    return table.build();
  }

  private static Object outputType(OnnxModel model) {
    return model.graph().outputs().get(0).type();
  }

  private static OnnxModel converted(OnnxModel model) {
    OnnxModel half = model.copy();
    assertThat(ConvertToHalf.create().run(half)).isTrue();
    return half;
  }

  private static List<String> casts(OnnxModel model) {
    return model.graph().nodes().stream()
        .filter(node -> node.is("Cast"))
        .map(node -> node.requiredInput(0) + " -> " + node.output())
        .toList();
  }

  /** Returns the values that are float32 in a converted model. */
  private static List<String> floatValues(OnnxModel model) {
    ElementTypes types = ElementTypes.of(model.graph());
    List<Value> values = new ArrayList<>(model.graph().inputs());
    values.addAll(model.graph().initializers());
    model.graph().nodes().stream().map(Node::outputs).forEach(values::addAll);
    return values.stream().filter(types::isFloat).map(Value::name).toList();
  }

  private static void assertCloseTo(OnnxModel expected, OnnxModel actual, double decibels) {
    float[] before = OnnxRuntimeOracle.run(expected, SAMPLE);
    float[] after = OnnxRuntimeOracle.run(actual, SAMPLE);
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < before.length; i++) {
      double error = (double) before[i] - after[i];
      signal += (double) before[i] * before[i];
      noise += error * error;
    }
    assertThat(10 * Math.log10(signal / noise)).isGreaterThan(decibels);
  }
}
