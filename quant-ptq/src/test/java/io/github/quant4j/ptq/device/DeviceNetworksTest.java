/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The networks of the questions, without a GPU. */
class DeviceNetworksTest {

  /** What INT8 keeps of random networks of a few layers, in decibels; chance is about 0. */
  private static final double LEAST = 15;

  @ParameterizedTest
  @MethodSource
  void model_withPairs_isCloseToTheFloatOne(Question question) {
    TensorBatch sample = question.samples(1);
    for (Variant variant : question.variants()) {
      Tensor expected = Reference.output(variant.floatModel(1), sample);
      Tensor found = Reference.output(variant.model(1, variant.ranges(sample)), sample);

      double ratio = Reference.signalToNoise(expected, found);
      assertThat(ratio).as(variant.name()).isGreaterThan(LEAST);
      assertThat(Double.isInfinite(ratio)).as(variant.name()).isEqualTo(!variant.hasPairs());
    }
  }

  static Stream<Question> model_withPairs_isCloseToTheFloatOne() {
    return Stream.of(
            ConvolutionNetworks.all(),
            PlacementNetworks.all(),
            ActivationNetworks.all(),
            Stream.of(ProductNetworks.perceptron(96, 1), ProductNetworks.gemm(96, 64)))
        .flatMap(questions -> questions);
  }
}
