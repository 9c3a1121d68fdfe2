/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A network of a question.
 *
 * @param name what it is called in the report
 * @param hasPairs whether it is written with Q/DQ pairs
 * @param network what it is
 */
record Variant(String name, boolean hasPairs, Network network) {

  /** Writes itself and returns the name of the output. */
  @FunctionalInterface
  interface Network {
    String write(NetworkWriter to);
  }

  static Variant ofFloat(Network network) {
    return new Variant("FP16", false, network);
  }

  static Variant ofInt8(String name, Network network) {
    return new Variant(name, true, network);
  }

  /** The network without pairs. */
  OnnxModel floatModel(long sampleCount) {
    NetworkWriter writer = NetworkWriter.ofFloat(sampleCount);
    return writer.build(List.of(network.write(writer)));
  }

  /** The network, with ranges as {@link #ranges} gives them. */
  OnnxModel model(long sampleCount, Map<String, Float> ranges) {
    if (!hasPairs) {
      return floatModel(sampleCount);
    }
    NetworkWriter writer = NetworkWriter.ofInt8(sampleCount, ranges);
    return writer.build(List.of(network.write(writer)));
  }

  /** The largest magnitude of every tensor that gets a pair, for some samples; else nothing. */
  Map<String, Float> ranges(TensorBatch samples) {
    if (!hasPairs) {
      return Map.of();
    }
    NetworkWriter writer = NetworkWriter.ofFloat(samples.sampleCount());
    network.write(writer);
    List<String> computed = new ArrayList<>(writer.observed());
    computed.removeAll(samples.names());
    Map<String, Float> ranges = new HashMap<>();
    if (!computed.isEmpty()) {
      Reference.run(writer.build(computed), samples)
          .forEach((tensor, values) -> ranges.put(tensor, largest(values)));
    }
    samples
        .names()
        .forEach(input -> ranges.put(input, largest(samples.tensor(input).orElseThrow())));
    return ranges;
  }

  private static float largest(Tensor tensor) {
    float largest = 0;
    for (float value : Reference.floats(tensor)) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
