/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Compares what models of one input x compute in ONNX Runtime before and after a pass. */
final class Numbers {
  private static final int SEEDS = 4;

  private Numbers() {}

  /** Runs a pass twice and checks that no bit of the first output changes. */
  static List<Finding> assertSame(RepairPass pass, OnnxModel model, long... shape) {
    return assertWithin(pass, model, 0, shape);
  }

  /** Runs a pass twice and checks that no element of the first output moves further. */
  static List<Finding> assertWithin(
      RepairPass pass, OnnxModel model, double tolerance, long... shape) {
    OnnxModel before = model.copy();
    List<Finding> findings = Repairs.runTwice(pass, model);
    assertWithin(before, model, tolerance, shape);
    return findings;
  }

  static void assertWithin(OnnxModel before, OnnxModel after, double tolerance, long... shape) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Tensor x = ModelBuilder.random(seed, 4, shape);
      float[] expected = OnnxRuntimeOracle.run(before, x);
      float[] actual = OnnxRuntimeOracle.run(after, x);
      assertThat(actual).as("seed %s", seed).hasSameSizeAs(expected);
      for (int i = 0; i < actual.length; i++) {
        assertThat((double) actual[i] - expected[i])
            .as("seed %s, element %s", seed, i)
            .isBetween(-tolerance, tolerance);
      }
    }
  }

  /** Returns options that know the ranges of some tensors, each from 0 or -maximum to maximum. */
  static RepairOptions observed(Map<String, Float> maxima) {
    CalibrationTable.Builder table = CalibrationTable.builder();
    maxima.forEach(
        (name, maximum) ->
            table.put(name, TensorCalibration.of(new ValueRange(-maximum / 2, maximum))));
    return RepairOptions.defaults().withRanges(table.build());
  }

  /** Returns options that know the range of one tensor. */
  static RepairOptions observed(String tensor, float minimum, float maximum) {
    return RepairOptions.defaults()
        .withRanges(
            CalibrationTable.builder()
                .put(tensor, TensorCalibration.of(new ValueRange(minimum, maximum)))
                .build());
  }

  /** Returns the bits of all outputs of a model. */
  static List<ByteBuffer> results(OnnxModel model, Map<String, Tensor> inputs) {
    return OnnxRuntimeOracle.run(model, inputs).values().stream().map(Tensor::bytes).toList();
  }

  /** Returns the scale of a QuantizeLinear or DequantizeLinear. */
  static float scale(OnnxModel model, String node) {
    return Quantizer.of(Repairs.node(model, node))
        .flatMap(Quantizer::singleScale)
        .orElseThrow(() -> new AssertionError(node + " has no single scale"));
  }

  /** Returns what a node reads, by name. */
  static List<String> inputs(OnnxModel model, String node) {
    return Repairs.node(model, node).inputs().stream().map(Object::toString).toList();
  }

  static int pairs(OnnxModel model) {
    return Int8Pair.all(model.graph()).size();
  }

  static boolean has(OnnxModel model, String node) {
    return model.graph().nodes().stream().map(Node::name).anyMatch(node::equals);
  }
}
