/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphRewriterTest {
  private static final Tensor THREE = ModelBuilder.random(1, 1, 3);

  /** x -> a -> b, with w beside; b is the output. */
  private final OnnxModel model = chain();

  private final Graph graph = model.graph();
  private final GraphRewriter rewriter = graph.rewriter();

  @Test
  void insertBefore_anchor_standsRightBeforeIt() {
    rewriter.insertBefore(
        node("b"), NodeBlueprint.of("Neg", "neg", List.of(value("a")), "negated"));

    assertThat(graph.nodes()).extracting(Node::name).containsExactly("a", "neg", "b");
    assertThat(value("negated").producer()).map(Node::name).hasValue("neg");
    assertThat(value("a").uses()).containsExactly(new Use(node("b"), 0), new Use(node("neg"), 0));
  }

  @Test
  void insertBefore_firstNode_becomesTheFirst() {
    rewriter.insertBefore(
        node("a"), NodeBlueprint.of("Neg", "neg", List.of(value("x")), "negated"));

    assertThat(graph.nodes()).extracting(Node::name).containsExactly("neg", "a", "b");
  }

  @Test
  void insertBefore_takenName_isRefused() {
    NodeBlueprint taken = NodeBlueprint.of("Neg", "neg", List.of(value("x")), "a");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewriter.insertBefore(node("b"), taken))
        .withMessage("the graph has a value named \"a\" already");
  }

  @Test
  void moveBefore_laterNode_standsBeforeTheAnchorWithAllItReads() {
    Node late =
        rewriter.insertBehind(node("b"), NodeBlueprint.of("Neg", "neg", List.of(value("x")), "n"));

    rewriter.moveBefore(late, node("a"));

    assertThat(graph.nodes()).extracting(Node::name).containsExactly("neg", "a", "b");
    assertThat(value("x").uses()).contains(new Use(late, 0));
  }

  @Test
  void replaceInputs_otherCount_readsThoseAlone() {
    Node reader = node("b");

    rewriter.replaceInputs(reader, List.of(value("x"), value("x")));

    assertThat(reader.inputs()).containsExactly(value("x"), value("x"));
    assertThat(value("a").uses()).isEmpty();
    assertThat(value("x").uses())
        .containsExactly(new Use(node("a"), 0), new Use(reader, 0), new Use(reader, 1));
  }

  @Test
  void insertBehind_anchor_standsRightBehindIt() {
    rewriter.insertBehind(
        node("a"), NodeBlueprint.of("Neg", "neg", List.of(value("a")), "negated"));

    assertThat(graph.nodes()).extracting(Node::name).containsExactly("a", "neg", "b");
  }

  @Test
  void insertBehind_lastNode_becomesTheLast() {
    rewriter.insertBehind(
        node("b"), NodeBlueprint.of("Neg", "neg", List.of(value("b")), "negated"));

    assertThat(graph.nodes()).extracting(Node::name).containsExactly("a", "b", "neg");
  }

  @Test
  void addInput_inAModelOfOne_isFedBehindIt() {
    Value factor = rewriter.addInput("factor", ElementType.FLOAT, Shape.of(3));
    rewriter.replaceInput(new Use(node("b"), 0), factor);

    OnnxModel read = OnnxModel.of(model.toByteArray());
    assertThat(read.graph().inputs()).extracting(Value::name).containsExactly("x", "factor");
    assertThat(factor.isGraphInput()).isTrue();
    assertThat(read.graph().inputs().get(1).type()).hasToString("float[3]");
    Map<String, Tensor> fed =
        Map.of("x", ModelBuilder.random(1, 1, 3), "factor", Tensor.ofFloats(Shape.of(3), 1, -1, 2));
    assertThat(OnnxRuntimeOracle.run(model, fed).values())
        .extracting(Tensor::floats)
        .containsExactly(FloatBuffer.wrap(new float[] {1, 0, 2}));
  }

  @Test
  void addInput_ofATakenName_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewriter.addInput("a", ElementType.FLOAT, Shape.of(3)))
        .withMessage("the graph has a value named \"a\" already");
  }

  @Test
  void divert_output_isComputedFromTheNewName() {
    Value diverted =
        rewriter.divert(
            value("b"), "b2", from -> NodeBlueprint.of("Neg", "neg", List.of(from), "b"));

    assertThat(graph.nodes()).extracting(Node::name).containsExactly("a", "b", "neg");
    assertThat(node("b").output()).isSameAs(diverted).isSameAs(value("b2"));
    assertThat(diverted.producer()).hasValue(node("b"));
    assertThat(value("b").producer()).hasValue(node("neg"));
    assertThat(graph.outputs()).containsExactly(value("b"));
  }

  @Test
  void divert_blueprintOfAnotherName_isRefusedAndChangesNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                rewriter.divert(
                    value("b"), "b2", from -> NodeBlueprint.of("Neg", "n", List.of(from), "c")))
        .withMessage("\"c\" is written instead of \"b\"");
    assertThat(graph.value("b2")).isEmpty();
  }

  @Test
  void divert_valueWithoutProducer_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                rewriter.divert(
                    value("x"), "x2", from -> NodeBlueprint.of("Neg", "n", List.of(from), "x")))
        .withMessage("no node writes value \"x\"");
  }

  @Test
  void exchange_outputsOfTwoNodes_readersFollowTheirNode() {
    rewriter.exchange(value("a"), value("b"));

    assertThat(node("a").output()).isSameAs(value("b"));
    assertThat(node("b").output()).isSameAs(value("a"));
    assertThat(node("b").requiredInput(0)).isSameAs(value("b"));
    assertThat(value("a").producer()).hasValue(node("b"));
    assertThat(value("a").isUnused()).isTrue();
    assertThat(graph.outputs()).containsExactly(value("b"));
  }

  @Test
  void exchange_inputOfTheGraph_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewriter.exchange(value("a"), value("x")))
        .withMessage("no node writes value \"x\"");
  }

  @Test
  void retype_declaredValue_keepsItsShape() {
    rewriter.retype(value("x"), ElementType.FLOAT16);
    OnnxModel read = OnnxModel.of(model.toByteArray());

    assertThat(read.graph().inputs().get(0).type().elementType()).hasValue(ElementType.FLOAT16);
    assertThat(read.graph().inputs().get(0).type().dimensions())
        .isEqualTo(value("x").type().dimensions());
  }

  @Test
  void replaceUses_ofAValue_movesEveryReader() {
    rewriter.replaceUses(value("a"), value("x"));

    assertThat(node("b").requiredInput(0)).isSameAs(value("x"));
    assertThat(value("a").isUnused()).isTrue();
    assertThat(value("x").uses()).hasSize(2);
  }

  @Test
  void fillInput_pastTheEnd_leavesPositionsBetweenOut() {
    rewriter.fillInput(node("b"), 2, value("w"));

    assertThat(node("b").inputCount()).isEqualTo(3);
    assertThat(node("b").input(1)).isEmpty();
    assertThat(OnnxModel.of(model.toByteArray()).graph().nodes().get(1).input(2)).isPresent();
  }

  @Test
  void computeConstant_initializer_becomesTheOutputOfANode() {
    Value codes = rewriter.addInitializer("w_codes", THREE);

    rewriter.computeConstant(
        value("w"), node("a"), NodeBlueprint.of("Neg", "n", List.of(codes), "w"));

    assertThat(value("w").isConstant()).isFalse();
    assertThat(value("w").producer()).map(Node::name).hasValue("n");
    assertThat(graph.initializers()).containsExactly(codes);
  }

  @Test
  void computeConstant_anotherName_isRefused() {
    NodeBlueprint blueprint = NodeBlueprint.of("Neg", "n", List.of(value("x")), "other");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewriter.computeConstant(value("w"), node("a"), blueprint))
        .withMessage("\"other\" is not the initializer \"w\"");
  }

  @Test
  void replaceByConstant_node_leavesAnInitializerOfItsName() {
    rewriter.replaceByConstant(node("a"), THREE);

    assertThat(value("a").isConstant()).isTrue();
    assertThat(value("a").producer()).isEmpty();
    assertThat(graph.nodes()).extracting(Node::name).containsExactly("b");
  }

  @Test
  void absorb_nodeIntoTheOneBefore_keepsTheLaterName() {
    rewriter.absorb(node("b"), node("a"));

    assertThat(graph.nodes()).hasSize(1);
    assertThat(graph.outputs().get(0).producer()).map(Node::name).hasValue("a");
    assertThat(graph.value("a")).isEmpty();
  }

  @Test
  void absorb_outputReadByAnother_isRefusedAndChangesNothing() {
    rewriter.insertBefore(
        node("b"), NodeBlueprint.of("Neg", "neg", List.of(value("a")), "negated"));
    byte[] before = model.toByteArray();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewriter.absorb(node("b"), node("a")))
        .withMessage("output \"a\" of \"a\" is not read by \"b\" alone");
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @Test
  void remove_nodeInUse_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewriter.remove(node("a")))
        .withMessage("node \"a\" cannot be removed: its output \"a\" is in use");
  }

  @Test
  void removeInitializer_inUse_isRefused() {
    rewriter.fillInput(node("b"), 1, value("w"));

    assertThatIllegalArgumentException().isThrownBy(() -> rewriter.removeInitializer(value("w")));
  }

  @Test
  void replaceConstant_computedValue_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewriter.replaceConstant(value("a"), THREE))
        .withMessage("value \"a\" is not an initializer");
  }

  @Test
  void addOutput_observedValue_standsAfterTheOthers() {
    rewriter.addOutput(value("a"));

    assertThat(OnnxModel.of(model.toByteArray()).graph().outputs())
        .extracting(Value::name)
        .containsExactly("b", "a");
  }

  @Test
  void addOutput_twice_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rewriter.addOutput(value("b")))
        .withMessage("value \"b\" is an output already");
  }

  @Test
  void freeName_takenName_getsANumber() {
    assertThat(rewriter.freeName("fresh")).isEqualTo("fresh");
    assertThat(rewriter.freeName("a")).isEqualTo("a_1");
  }

  @Test
  void removeAttribute_ofANode_leavesTheOthers() {
    Node node =
        rewriter.insertBefore(
            node("b"),
            NodeBlueprint.of("Neg", "neg", List.of(value("a")), "negated")
                .withInteger("p", 1)
                .withInteger("q", 2));

    rewriter.edit(node).removeAttribute("p");

    assertThat(node.hasAttribute("p")).isFalse();
    assertThat(node.integer("q", 0)).isEqualTo(2);
  }

  @Test
  void setInteger_thereAlready_isReplaced() {
    rewriter.edit(node("b")).setInteger("axis", 3);
    rewriter.edit(node("b")).setInteger("axis", -1);

    assertThat(node("b").integer("axis", 0)).isEqualTo(-1);
    assertThat(node("b").proto().getAttributeCount()).isEqualTo(1);
  }

  @Test
  void setText_ofAnAttribute_isRead() {
    rewriter.edit(node("b")).setText("mode", "linear");

    assertThat(node("b").text("mode", "")).isEqualTo("linear");
  }

  @Test
  void changeOperator_ofANode_keepsItsValues() {
    rewriter.edit(node("b")).changeOperator("Neg");

    assertThat(node("b").is("Neg")).isTrue();
    assertThat(node("b").requiredInput(0)).isSameAs(value("a"));
    assertThat(node("b").output()).isSameAs(value("b"));
  }

  @Test
  void omitInput_inTheMiddle_keepsThePositionsBehind() {
    rewriter.fillInput(node("b"), 2, value("w"));

    rewriter.omitInput(new Use(node("b"), 0));

    assertThat(node("b").input(0)).isEmpty();
    assertThat(node("b").input(2)).contains(value("w"));
    assertThat(value("a").isUnused()).isTrue();
  }

  @Test
  void replaceBodies_thatReadLess_releasesTheirCaptures() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("r", builder.input("x", 3));
    OnnxModel choice = builder.output(Bodies.choice(builder, "y", "r")).build();
    Node node = choice.graph().nodes().get(1);
    List<Graph> bodies = choice.graph().bodies(node);
    for (Graph body : bodies) {
      Value own = body.rewriter().addInitializer(body.rewriter().freeName("r_own"), THREE);
      body.rewriter().replaceInput(new Use(body.nodes().get(0), 0), own);
    }

    choice.graph().rewriter().replaceBodies(node, bodies);

    assertThat(choice.graph().value("r").orElseThrow().isCaptured()).isFalse();
    assertThat(choice.graph().rewriter().freeName("r_own")).isEqualTo("r_own_1");
    assertThat(OnnxRuntimeOracle.run(choice, ModelBuilder.random(2, 1, 3))).hasSize(3);
  }

  @Test
  void bodies_ofAnIf_seeValuesAroundThem() {
    ModelBuilder builder = ModelBuilder.create();
    OnnxModel choice =
        builder.output(Bodies.choice(builder, "y", builder.input("x", "n", 3))).build();

    Graph body = choice.graph().bodies(choice.graph().nodes().get(0)).get(0);

    Value seen = body.nodes().get(0).requiredInput(0);
    assertThat(seen.name()).isEqualTo("x");
    assertThat(seen.type()).isEqualTo(choice.graph().value("x").orElseThrow().type());
    assertThat(seen.isGraphInput()).isFalse();
    assertThat(body.rewriter().freeName("y.condition")).isEqualTo("y.condition_1");
  }

  private Value value(String name) {
    return graph.value(name).orElseThrow();
  }

  private Node node(String name) {
    return graph.nodes().stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
  }

  private static OnnxModel chain() {
    ModelBuilder builder = ModelBuilder.create();
    builder.weight("w", 3);
    return builder.output(builder.relu("b", builder.relu("a", builder.input("x", 3)))).build();
  }

  @Test
  void declareType_ofANewTensor_isStoredAsValueInfo() {
    ModelBuilder builder = ModelBuilder.create();
    builder.output(builder.relu("y", builder.relu("r", builder.input("x", "n", 3))));
    OnnxModel model = builder.build();
    Value r = model.graph().value("r").orElseThrow();
    List<Dimension> dimensions =
        List.of(new Dimension.Symbolic("n"), Dimension.of(3), Dimension.unknown());
    TensorType type = TensorType.ofDimensions(dimensions).withElementType(ElementType.INT8);

    model.graph().rewriter().declareType(r, type);

    assertThat(r.type()).isEqualTo(type);
    assertThat(types(model)).containsExactly("r int8[n, 3, ?]");
  }

  @Test
  void declareType_ofADeclaredTensor_takesTheOldPlace() {
    ModelBuilder builder = ModelBuilder.create();
    builder.output(builder.relu("y", builder.relu("r", builder.input("x", 3))));
    builder.graph().addValueInfo(ModelBuilder.value("r", 1, 3));
    OnnxModel model = builder.build();
    Value r = model.graph().value("r").orElseThrow();

    model.graph().rewriter().declareType(r, r.type().withElementType(ElementType.INT8));

    assertThat(types(model)).containsExactly("r int8[3]");
  }

  @Test
  void declareType_thenRemovingTheNode_leavesNoValueInfo() {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("r", builder.input("x", 3));
    OnnxModel model = builder.output(builder.relu("y", "x")).build();
    Value r = model.graph().value("r").orElseThrow();
    model.graph().rewriter().declareType(r, model.graph().inputs().get(0).type());

    model.graph().rewriter().remove(r.producer().orElseThrow());

    assertThat(types(model)).isEmpty();
  }

  @Test
  void declareType_ofAnInputOrWithoutElementType_isRefused() {
    ModelBuilder builder = ModelBuilder.create();
    Graph graph = builder.output(builder.relu("y", builder.input("x", 3))).build().graph();
    Value x = graph.inputs().get(0);
    Value y = graph.outputs().get(0);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.rewriter().declareType(x, x.type()))
        .withMessage("value \"x\" cannot be declared as float[3]: expected a computed value");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.rewriter().declareType(y, TensorType.UNKNOWN));
  }

  private static List<String> types(OnnxModel model) {
    return GraphWriter.withoutInitializers(model.graph()).getValueInfoList().stream()
        .map(info -> info.getName() + " " + TypeCodec.decode(info.getType()))
        .toList();
  }
}
