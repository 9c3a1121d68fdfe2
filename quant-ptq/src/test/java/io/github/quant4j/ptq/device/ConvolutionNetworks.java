/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import static io.github.quant4j.ptq.device.Variant.ofFloat;
import static io.github.quant4j.ptq.device.Variant.ofInt8;

import io.github.quant4j.ptq.device.Variant.Network;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Networks whose convolutions differ in form. */
final class ConvolutionNetworks {

  private static final int BATCH = 32;

  private ConvolutionNetworks() {}

  static Stream<Question> all() {
    return Stream.of(
            Stream.of(transposed(), weightForms()),
            IntStream.of(8, 16, 32).mapToObj(ConvolutionNetworks::grouped),
            IntStream.of(8, 16, 24, 32, 64).mapToObj(ConvolutionNetworks::channels),
            Stream.of(depthwise()))
        .flatMap(questions -> questions);
  }

  /** Q1: along which axis the weights of a transposed convolution may have scales. */
  static Question transposed() {
    return Question.of(
        "Q1 transposed convolution 64 -> 32",
        BATCH,
        List.of(64L, 28L, 28L),
        ofFloat(transposed(0)),
        ofInt8("one scale", transposed(NetworkWriter.PER_TENSOR)),
        ofInt8("scales along axis 0", transposed(0)),
        ofInt8("scales along axis 1", transposed(1)));
  }

  /** Q5: weights as int8 codes, or as float constants that TensorRT quantizes. */
  static Question weightForms() {
    Network chain = chain(64);
    return Question.of(
        "Q5 weights",
        BATCH,
        List.of(64L, 56L, 56L),
        ofInt8("int8 codes", chain),
        ofInt8(
            "float behind a pair",
            to -> {
              to.floatWeights();
              return chain.write(to);
            }));
  }

  /** Q11: grouped convolutions. */
  static Question grouped(int channelsPerGroup) {
    int count = 128;
    Network network =
        to -> {
          String tensor = to.input(count, 28, 28);
          for (String name : List.of("c1", "c2", "c3")) {
            tensor = to.relu(to.groupedConv(name, to.pair(tensor), count / channelsPerGroup));
          }
          return tensor;
        };
    return Question.of(
        "Q11 %s channels, %s in a group".formatted(count, channelsPerGroup),
        BATCH,
        List.of((long) count, 28L, 28L),
        ofFloat(network),
        ofInt8("INT8", network));
  }

  /** Q13: from how many channels on INT8 pays. */
  static Question channels(int count) {
    return Question.of(
        "Q13 %s channels".formatted(count),
        BATCH,
        List.of((long) count, 56L, 56L),
        ofFloat(chain(count)),
        ofInt8("INT8", chain(count)));
  }

  /** Q13: the same for depthwise convolutions between others of 1 x 1. */
  static Question depthwise() {
    Network network =
        to -> {
          String tensor = to.relu(to.conv("c1", to.pair(to.input(64, 56, 56)), 64, 1));
          tensor = to.relu(to.groupedConv("c2", to.pair(tensor), 64));
          return to.conv("c3", to.pair(tensor), 64, 1);
        };
    return Question.of(
        "Q13 depthwise, 64 channels",
        BATCH,
        List.of(64L, 56L, 56L),
        ofFloat(network),
        ofInt8("INT8", network));
  }

  private static Network chain(int channels) {
    return to -> {
      String tensor = to.input(channels, 56, 56);
      for (String name : List.of("c1", "c2", "c3")) {
        tensor = to.relu(to.conv(name, to.pair(tensor), channels, 3));
      }
      return tensor;
    };
  }

  private static Network transposed(int weightAxis) {
    return to -> {
      String tensor = to.relu(to.conv("c1", to.pair(to.input(64, 28, 28)), 64, 3));
      tensor = to.relu(to.convTranspose("up", to.pair(tensor), 32, weightAxis));
      return to.conv("c2", to.pair(tensor), 32, 3);
    };
  }
}
