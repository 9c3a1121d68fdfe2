/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.ModelFormatException;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.FunctionProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;

class InlineFunctionsTest {
  private static final String DOMAIN = "local";

  private final GraphPass pass = new InlineFunctions();
  private final ModelBuilder builder = ModelBuilder.create();
  private final Tensor input = ModelBuilder.random(1, 1, 2, 3);

  InlineFunctionsTest() {
    builder.input("x", 2, 3);
    builder.model().addOpsetImport(opset(DOMAIN, 1));
  }

  @Test
  void run_call_isReplacedByTheBody() {
    define("Twice", List.of("a"), List.of("r"), node("Add", "sum", "r", "a", "a"));
    call("Twice", "y", "x");

    OnnxModel model = keepsResults();

    assertThat(model.graph().nodes()).extracting(Node::name).containsExactly("y/sum");
    assertThat(model.functions().isEmpty()).isTrue();
  }

  @Test
  void run_withoutFunctions_changesNothing() {
    builder.relu("y", "x");
    OnnxModel model = builder.output("y").build();
    byte[] before = model.toByteArray();

    assertThat(pass.run(model)).isFalse();

    assertThat(model.toByteArray()).isEqualTo(before);
  }

  @Test
  void run_secondTime_changesNothing() {
    define("Twice", List.of("a"), List.of("r"), node("Add", "sum", "r", "a", "a"));
    call("Twice", "y", "x");
    OnnxModel model = keepsResults();

    assertThat(pass.run(model)).isFalse();
  }

  @Test
  void run_twoCallsOfOneFunction_haveNamesOfTheirOwn() {
    define(
        "F",
        List.of("a"),
        List.of("r"),
        node("Neg", "n", "hidden", "a"),
        node("Add", "s", "r", "hidden", "a"));
    call("F", "one", "x");
    call("F", "y", "one");

    OnnxModel model = keepsResults();

    assertThat(model.graph().value("one/hidden")).isPresent();
    assertThat(model.graph().value("y/hidden")).isPresent();
  }

  @Test
  void run_takenNames_areAvoided() {
    define(
        "F",
        List.of("a"),
        List.of("r"),
        node("Neg", "", "h", "a"),
        node("Exp", "", "h_1", "h"),
        node("Add", "", "r", "h", "h_1"));
    builder.relu("y/h", "x");
    call("F", "y", "y/h");

    OnnxModel model = keepsResults();

    assertThat(model.graph().nodes())
        .extracting(node -> node.output().name())
        .containsExactly("y/h", "y/h_1", "y/h_1_1", "y");
  }

  @Test
  void run_attributes_areThoseOfTheCallOrElseTheDefaults() {
    AttributeProto alpha = reference("alpha", "slope", AttributeProto.AttributeType.FLOAT);
    AttributeProto keep = reference("axis", "axis", AttributeProto.AttributeType.INT);
    FunctionProto.Builder function =
        define(
            "F",
            List.of("a"),
            List.of("r"),
            node("LeakyRelu", "l", "h", "a").toBuilder().addAttribute(alpha).build(),
            node("Softmax", "s", "r", "h").toBuilder().addAttribute(keep).build());
    function.addAttributeProto(ModelBuilder.real("slope", 0.5f)).addAttribute("axis");
    call("F", "byDefault", "x");
    call("F", "y", "byDefault", ModelBuilder.real("slope", 0.25f), ModelBuilder.integer("axis", 0));

    OnnxModel model = keepsResults();

    assertThat(model.graph().nodes().get(0).real("alpha", 0)).isEqualTo(0.5f);
    assertThat(model.graph().nodes().get(1).hasAttribute("axis")).isFalse();
    assertThat(model.graph().nodes().get(2).real("alpha", 0)).isEqualTo(0.25f);
    assertThat(model.graph().nodes().get(3).integer("axis", 7)).isZero();
  }

  @Test
  void run_attributeOfACallInAFunction_isThatOfTheOuterCall() {
    AttributeProto alpha = reference("alpha", "slope", AttributeProto.AttributeType.FLOAT);
    define(
            "Inner",
            List.of("a"),
            List.of("r"),
            node("LeakyRelu", "l", "r", "a").toBuilder().addAttribute(alpha).build())
        .addAttribute("slope");
    AttributeProto steep = reference("slope", "steep", AttributeProto.AttributeType.FLOAT);
    define(
            "Outer",
            List.of("a"),
            List.of("r"),
            node("Inner", "i", "r", "a").toBuilder().setDomain(DOMAIN).addAttribute(steep).build())
        .addAttribute("steep");
    call("Outer", "y", "x", ModelBuilder.real("steep", 0.125f));

    OnnxModel model = keepsResults();

    assertThat(model.graph().nodes()).extracting(Node::name).containsExactly("y/i/l");
    assertThat(model.graph().nodes().get(0).real("alpha", 0)).isEqualTo(0.125f);
  }

  @Test
  void run_inputLeftOut_isLeftOutInside() {
    define(
        "Bound",
        List.of("a", "low", "high"),
        List.of("r"),
        node("Clip", "c", "r", "a", "low", "high"));
    builder.constant("top", Tensor.ofFloats(Shape.of(), 0.5f));
    builder.add("Bound", "y", List.of("x", "", "top"));
    last().setDomain(DOMAIN);

    OnnxModel model = keepsResults();

    assertThat(model.graph().nodes().get(0).input(1)).isEmpty();
    assertThat(model.graph().nodes().get(0).input(2)).isPresent();
  }

  /** ONNX Runtime refuses such a function itself, so only the inlined model is run. */
  @Test
  void run_outputThatIsAnInput_isWrittenByAnIdentity() {
    define("F", List.of("a"), List.of("r", "a"), node("Neg", "n", "r", "a"));
    call("F", "y", "x");
    OnnxModel model = builder.outputs("same").output("same").output("y").build();

    pass.run(model);

    assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("Neg", "Identity");
    assertThat(OnnxRuntimeOracle.firstOutput(model, input).bytes()).isEqualTo(input.bytes());
  }

  @Test
  void run_outputThatIsAnInputLeftOut_isRefused() {
    define("F", List.of("a", "b"), List.of("r", "b"), node("Neg", "n", "r", "a"));
    call("F", "y", "x");
    builder.outputs("none");

    refuses()
        .withMessage("node \"y\": output \"b\" of function \"F\" is an input the call leaves out");
  }

  /** ONNX Runtime refuses such a call itself, so only the inlined model is run. */
  @Test
  void run_outputTheCallLeavesOut_isComputedForNobody() {
    define(
        "F",
        List.of("a"),
        List.of("s", "r"),
        node("Neg", "n", "r", "a"),
        node("Exp", "e", "s", "a"));
    builder.graph().addNode(node("F", "c", "", "x").toBuilder().setDomain(DOMAIN).addOutput("y"));
    OnnxModel model = builder.output("y").build();

    pass.run(model);

    assertThat(model.graph().value("c/s").orElseThrow().isUnused()).isTrue();
    assertThat(OnnxRuntimeOracle.run(model, input)[0]).isEqualTo(-input.floats().get(0));
  }

  @Test
  void run_functionNothingCalls_isDropped() {
    define("Unused", List.of("a"), List.of("r"), node("Neg", "n", "r", "a"));
    builder.relu("y", "x");
    OnnxModel model = builder.output("y").build();

    assertThat(pass.run(model)).isTrue();

    assertThat(model.functions().isEmpty()).isTrue();
  }

  @Test
  void run_functionsThatCallEachOther_areRefused() {
    define("F", List.of("a"), List.of("r"), callNode("G", "g", "r", "a"));
    define("G", List.of("a"), List.of("r"), callNode("F", "f", "r", "a"));
    call("F", "y", "x");

    refuses()
        .withMessage("function \"F\" calls itself, by way of [F, G]; a model cannot be recursive");
  }

  @Test
  void run_callsThatDoubleTwentyTimes_areRefused() {
    define("F0", List.of("a"), List.of("r"), node("Neg", "n", "r", "a"));
    for (int i = 1; i <= 20; i++) {
      String below = "F" + (i - 1);
      define(
          "F" + i,
          List.of("a"),
          List.of("r"),
          callNode(below, "one", "h", "a"),
          callNode(below, "two", "r", "h"));
    }
    call("F20", "y", "x");

    refuses().withMessageContaining("expand to more than 1000000 nodes");
  }

  @Test
  void run_callsThatNestTooDeep_areRefused() {
    define("F0", List.of("a"), List.of("r"), node("Neg", "n", "r", "a"));
    for (int i = 1; i <= 200; i++) {
      define("F" + i, List.of("a"), List.of("r"), callNode("F" + (i - 1), "c", "r", "a"));
    }
    call("F200", "y", "x");

    refuses().withMessageContaining("nest deeper than 200 at \"F0\"");
  }

  @Test
  void run_callWithTooManyInputs_isRefused() {
    define("F", List.of("a"), List.of("r"), node("Neg", "n", "r", "a"));
    builder.add("F", "y", List.of("x", "x"));
    last().setDomain(DOMAIN);

    refuses()
        .withMessage(
            "node \"y\" calls function \"F\" with 2 inputs and 1 outputs,"
                + " expected at most 1 and 1");
  }

  @Test
  void run_bodyThatReadsWhatNothingDefines_isRefused() {
    define("F", List.of("a"), List.of("r"), node("Neg", "n", "r", "unheard"));
    call("F", "y", "x");

    refuses()
        .isInstanceOf(ModelFormatException.class)
        .withMessageContaining("function \"F\": node \"n\" reads \"unheard\"");
  }

  @Test
  void run_functionOfALowerOpset_isLifted() {
    builder.opset(13);
    NodeProto squeeze =
        node("ReduceSum", "s", "r", "a").toBuilder()
            .addAttribute(ModelBuilder.integers("axes", 1))
            .build();
    define("F", List.of("a"), List.of("r"), squeeze).setOpsetImport(0, opset("", 11));
    call("F", "y", "x");
    OnnxModel model = builder.output("y").build();

    assertThat(pass.run(model)).isTrue();

    builder.graph().clearNode();
    builder.longs("axes", 1);
    builder.add("ReduceSum", "y", List.of("x", "axes"));
    assertThat(OnnxRuntimeOracle.run(model, input))
        .containsExactly(OnnxRuntimeOracle.run(builder.build(), input));
    assertThat(model.graph().initializers())
        .extracting(Object::toString)
        .containsExactly("y/r_axes");
  }

  @Test
  void run_functionThatCannotBeLifted_stays() {
    define("F", List.of("a"), List.of("r"), node("Crop", "c", "r", "a"))
        .setOpsetImport(0, opset("", 9));
    call("F", "y", "x");

    assertStays();
  }

  @Test
  void run_functionOfAHigherOpset_stays() {
    define("F", List.of("a"), List.of("r"), node("Neg", "n", "r", "a"))
        .setOpsetImport(0, opset("", 18));
    call("F", "y", "x");

    assertStays();
  }

  @Test
  void run_functionOfAnotherVersionOfADomain_stays() {
    builder.model().addOpsetImport(opset("other", 2));
    define("F", List.of("a"), List.of("r"), node("Neg", "n", "r", "a"))
        .addOpsetImport(opset("other", 1));
    call("F", "y", "x");

    assertStays();
  }

  @Test
  void run_domainOnlyTheFunctionImports_isImported() {
    define("F", List.of("a"), List.of("r"), node("Neg", "n", "r", "a"))
        .addOpsetImport(opset("other", 3));
    call("F", "y", "x");
    OnnxModel model = builder.output("y").build();

    pass.run(model);

    assertThat(model.opsets()).isEqualTo(Map.of("", 17L, DOMAIN, 1L, "other", 3L));
  }

  @Test
  void run_overloads_areToldApart() {
    builder.irVersion(10).opset(21);
    define("F", List.of("a"), List.of("r"), node("Neg", "n", "r", "a"))
        .setOpsetImport(0, opset("", 21));
    define("F", List.of("a"), List.of("r"), node("Exp", "n", "r", "a"))
        .setOpsetImport(0, opset("", 21))
        .setOverload("exp");
    call("F", "y", "x");
    last().setOverload("exp");
    OnnxModel model = builder.output("y").build();

    pass.run(model);

    assertThat(model.graph().nodes()).extracting(Node::opType).containsExactly("Exp");
  }

  @Test
  void run_callInABodyOfAnIf_isReplacedThere() {
    define("Twice", List.of("a"), List.of("r"), node("Add", "sum", "r", "a", "a"));
    ModelBuilder branch = ModelBuilder.create();
    branch.add("Twice", "inner", List.of("x"));
    branch.graph().getNodeBuilder(0).setDomain(DOMAIN);
    choice("y", branch.output("inner").graph().setName("branch").build());

    OnnxModel model = keepsResults();

    Node choice = model.graph().nodes().get(0);
    assertThat(model.graph().bodies(choice).get(0).nodes())
        .extracting(Node::name)
        .containsExactly("inner/sum");
    assertThat(model.functions().isEmpty()).isTrue();
  }

  @Test
  void run_functionWithAnIf_keepsItsBodiesApart() {
    AttributeProto alpha = reference("alpha", "slope", AttributeProto.AttributeType.FLOAT);
    ModelBuilder branch = ModelBuilder.create();
    branch.constant("half", Tensor.ofFloats(Shape.of(), 0.5f));
    branch.add("LeakyRelu", "leaky", List.of("a"), alpha);
    branch.add("Mul", "inner", List.of("leaky", "half"));
    GraphProto body = branch.output("inner").graph().setName("branch").build();
    define(
            "F",
            List.of("c", "a"),
            List.of("r"),
            node("If", "if", "r", "c").toBuilder()
                .addAttribute(ModelBuilder.body("then_branch", body))
                .addAttribute(ModelBuilder.body("else_branch", body))
                .build())
        .addAttribute("slope");
    builder.constant("yes", Tensor.ofBytes(ElementType.BOOL, Shape.of(), (byte) 1));
    builder.relu("inner", "x");
    for (String name : List.of("one", "y")) {
      builder.add(
          "F",
          name,
          List.of("yes", name.equals("y") ? "one" : "x"),
          ModelBuilder.real("slope", 0.1f));
      last().setDomain(DOMAIN);
    }

    OnnxModel model = keepsResults();

    assertThat(model.graph().rewriter().freeName("y/inner")).isEqualTo("y/inner_1");
    assertThat(OnnxModel.of(model.toByteArray()).graph().value("one").orElseThrow().isCaptured())
        .isTrue();
  }

  private OnnxModel keepsResults() {
    OnnxModel model = builder.output("y").build();
    Map<String, Tensor> inputs = Map.of("x", input);
    Map<String, Tensor> expected = OnnxRuntimeOracle.run(model, inputs);

    assertThat(pass.run(model)).isTrue();

    Map<String, Tensor> found = OnnxRuntimeOracle.run(OnnxModel.of(model.toByteArray()), inputs);
    found.forEach(
        (name, tensor) ->
            assertThat(tensor.bytes())
                .as(name)
                .isEqualTo(requireNonNull(expected.get(name)).bytes()));
    assertThat(model.graph().nodes()).noneMatch(node -> node.domain().equals(DOMAIN));
    return model;
  }

  private ThrowableAssertAlternative<OnnxException> refuses() {
    OnnxModel model = builder.output("y").build();
    byte[] before = model.toByteArray();
    var refusal = assertThatExceptionOfType(OnnxException.class).isThrownBy(() -> pass.run(model));
    assertThat(model.toByteArray()).isEqualTo(before);
    return refusal;
  }

  private void assertStays() {
    OnnxModel model = builder.output("y").build();
    byte[] before = model.toByteArray();

    assertThat(pass.run(model)).isFalse();

    assertThat(model.toByteArray()).isEqualTo(before);
  }

  private FunctionProto.Builder define(
      String name, List<String> inputs, List<String> outputs, NodeProto... nodes) {
    return builder
        .model()
        .addFunctionsBuilder()
        .setDomain(DOMAIN)
        .setName(name)
        .addAllInput(inputs)
        .addAllOutput(outputs)
        .addAllNode(List.of(nodes))
        .addOpsetImport(opset("", 17))
        .addOpsetImport(opset(DOMAIN, 1));
  }

  private void call(String function, String name, String read, AttributeProto... attributes) {
    builder.add(function, name, List.of(read), attributes);
    last().setDomain(DOMAIN);
  }

  private NodeProto.Builder last() {
    return builder.graph().getNodeBuilder(builder.graph().getNodeCount() - 1);
  }

  private void choice(String name, GraphProto branch) {
    builder.constant("yes", Tensor.ofBytes(ElementType.BOOL, Shape.of(), (byte) 1));
    builder.add(
        "If",
        name,
        List.of("yes"),
        ModelBuilder.body("then_branch", branch),
        ModelBuilder.body("else_branch", branch));
  }

  private static NodeProto node(String opType, String name, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(opType)
        .setName(name)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  private static NodeProto callNode(String function, String name, String output, String read) {
    return node(function, name, output, read).toBuilder().setDomain(DOMAIN).build();
  }

  private static AttributeProto reference(
      String name, String to, AttributeProto.AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setRefAttrName(to).setType(type).build();
  }

  private static OperatorSetIdProto opset(String domain, long version) {
    return OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version).build();
  }
}
