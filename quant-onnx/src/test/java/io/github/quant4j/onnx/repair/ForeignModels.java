/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Node;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.OnnxRuntimeOracle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * The models that other tools quantized, and what those answered, of one folder of the test
 * resources; src/test/python has the scripts that wrote them.
 *
 * @param folder the name of the folder
 */
record ForeignModels(String folder) {

  OnnxModel model(String name) {
    return OnnxModel.of(bytes(name + ".onnx.gz"));
  }

  /** Returns the elements of a file of little-endian float32. */
  float[] floats(String file) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[buffer.remaining() / Float.BYTES];
    buffer.asFloatBuffer().get(values);
    return values;
  }

  /** Returns a file of float32 as a batch, as many samples as it holds. */
  Tensor batch(String file, int channels, int side) {
    float[] values = floats(file);
    int count = values.length / (channels * side * side);
    return Tensor.ofFloats(Shape.of(count, channels, side, side), values);
  }

  List<String> lines(String file) {
    return new String(bytes(file), StandardCharsets.UTF_8).lines().toList();
  }

  /** Returns the bytes of a file, unpacked where its name ends in .gz. */
  byte[] bytes(String file) {
    String resource = "/" + folder + "/" + file;
    try (InputStream stream =
        Objects.requireNonNull(ForeignModels.class.getResourceAsStream(resource), resource)) {
      return (file.endsWith(".gz") ? new GZIPInputStream(stream) : stream).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the largest distance of what ONNX Runtime answers from what is expected. */
  static double distance(OnnxModel model, Tensor input, float[] expected) {
    float[] actual = OnnxRuntimeOracle.run(model, input);
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs((double) actual[i] - expected[i]));
    }
    return largest;
  }

  /** Returns the signal-to-quantization-noise ratio of what ONNX Runtime answers, in decibels. */
  static double sqnr(OnnxModel model, Tensor input, float[] expected) {
    return sqnr(OnnxRuntimeOracle.run(model, input), expected);
  }

  /** Returns the ratio of what is expected to the difference from it, in decibels. */
  static double sqnr(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < expected.length; i++) {
      signal += (double) expected[i] * expected[i];
      noise += Math.pow((double) actual[i] - expected[i], 2);
    }
    return 10 * Math.log10(signal / noise);
  }

  /** Holds of every repaired model for TensorRT. */
  static void assertFitForTensorRt(RepairedModel repaired) {
    Census after = repaired.report().after();
    assertThat(after).isEqualTo(Census.of(repaired.model().graph()));
    assertThat(after.counts().keySet())
        .as("kinds of nodes that are left")
        .containsExactly("DequantizeLinear int8", "QuantizeLinear int8");
    for (QuantizedActivation pair : QuantizedActivation.of(repaired.model().graph())) {
      assertThat(pair.isClosed()).as("%s has its DequantizeLinear", pair.site()).isTrue();
      pair.nodes().forEach(node -> assertSymmetric(Quantizer.of(node).orElseThrow()));
    }
  }

  private static void assertSymmetric(Quantizer quantizer) {
    assertThat(quantizer.singleScale()).as("scale of %s", quantizer.node()).isPresent();
    assertThat(quantizer.hasZeroPoint()).isTrue();
    assertThat(quantizer.singleZeroPoint()).contains(0);
  }

  /** Residual sums are fused into one of their convolutions, and read the other tensor as int8. */
  static void assertAddsReadAConvolutionAndAPair(RepairedModel repaired, int count) {
    List<Node> adds =
        repaired.model().graph().nodes().stream().filter(node -> node.is("Add")).toList();
    assertThat(adds).hasSize(count);
    for (Node add : adds) {
      assertThat(add.inputs())
          .as(add.label())
          .extracting(value -> value.producer().orElseThrow().opType())
          .containsExactlyInAnyOrder("Conv", "DequantizeLinear");
    }
  }

  /** Runs the repair on its own output, which must find nothing left to mend. */
  static void assertNothingIsLeft(RepairedModel repaired) {
    RepairedModel again = QdqRepair.create().run(repaired.model());
    assertThat(again.report().findings())
        .filteredOn(finding -> finding.remedy().outcome() == Remedy.Outcome.REPAIRED)
        .isEmpty();
    assertThat(again.model().toByteArray()).isEqualTo(repaired.model().toByteArray());
  }
}
