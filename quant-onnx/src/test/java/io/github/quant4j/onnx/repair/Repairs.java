/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What tests of repair passes do again and again. */
final class Repairs {
  private Repairs() {}

  /** Runs a pass twice with default options; the second run must find nothing left to change. */
  static List<Finding> runTwice(RepairPass pass, OnnxModel model) {
    return runTwice(pass, model, RepairOptions.defaults());
  }

  static List<Finding> runTwice(RepairPass pass, OnnxModel model, RepairOptions options) {
    RepairContext context = new RepairContext(model, options);
    byte[] before = model.toByteArray();
    boolean isChanged = pass.run(context);
    byte[] after = model.toByteArray();
    assertThat(isChanged).as("told that it changed the model").isEqualTo(differ(before, after));
    RepairContext second = new RepairContext(model, options);
    assertThat(pass.run(second)).as("second run").isFalse();
    assertThat(second.findings())
        .filteredOn(finding -> finding.remedy().outcome() == Remedy.Outcome.REPAIRED)
        .isEmpty();
    assertThat(model.toByteArray()).isEqualTo(after);
    return context.findings();
  }

  /** Runs a pass twice on what it must refuse, in one place, and leave as it is. */
  static void assertRefused(RepairPass pass, OnnxModel model) {
    byte[] before = model.toByteArray();
    assertThat(runTwice(pass, model)).singleElement().matches(Finding::isRefused);
    assertThat(model.toByteArray()).isEqualTo(before);
  }

  private static boolean differ(byte[] before, byte[] after) {
    return !Arrays.equals(before, after);
  }

  /** Returns the operators of a graph in order, for example "QuantizeLinear Conv". */
  static String operators(OnnxModel model) {
    return model.graph().nodes().stream().map(Node::opType).collect(Collectors.joining(" "));
  }

  static Node node(OnnxModel model, String name) {
    return model.graph().nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no node is named " + name));
  }

  /** Returns the QuantizeLinear or DequantizeLinear of a name. */
  static Quantizer quantizer(OnnxModel model, String name) {
    return Quantizer.of(node(model, name)).orElseThrow();
  }
}
