/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.bytedeco.tensorrt.global.nvinfer.DataType;
import org.bytedeco.tensorrt.global.nvinfer.LayerType;
import org.bytedeco.tensorrt.nvinfer.ILayer;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.ITensor;

/**
 * A network that was parsed.
 *
 * @param definition the native network, owned by the build
 */
record NativeNetwork(INetworkDefinition definition) {

  /**
   * Parses a model.
   *
   * @throws EngineBuildException if the parser refuses it
   */
  static NativeNetwork parse(
      OnnxInput model, ParserInput input, INetworkDefinition network, BuildLog log) {
    if (!input.parse(model.location())) {
      throw EngineBuildException.parsing(model.name(), input.errors(), log.errors());
    }
    return new NativeNetwork(network);
  }

  /** What the rules need to know. */
  NetworkDescription description() {
    List<EngineTensor> inputs = new ArrayList<>();
    for (int index = 0; index < definition.getNbInputs(); index++) {
      ITensor input = definition.getInput(index);
      String name = input.getName();
      inputs.add(
          new EngineTensor(
              name,
              ElementTypes.of(name, input.getType().value),
              NativeDimensions.boxed(input.getDimensions())));
    }
    Set<String> names = new HashSet<>();
    boolean[] isQuantized = new boolean[1];
    layers(
        layer -> {
          names.add(layer.getName());
          int type = layer.getType().value;
          isQuantized[0] |=
              type == LayerType.kQUANTIZE.value || type == LayerType.kDEQUANTIZE.value;
        });
    return new NetworkDescription(inputs, isQuantized[0], hasShortFloats(), names);
  }

  private boolean hasShortFloats() {
    boolean[] isFound = new boolean[1];
    tensors(
        tensor -> {
          int type = tensor.getType().value;
          isFound[0] |= type == DataType.kHALF.value || type == DataType.kBF16.value;
        });
    return isFound[0];
  }

  /** Shows all layers in their order. */
  void layers(Consumer<ILayer> receiver) {
    int count = definition.getNbLayers();
    for (int index = 0; index < count; index++) {
      receiver.accept(definition.getLayer(index));
    }
  }

  /** Shows all inputs and all outputs of layers. */
  void tensors(Consumer<ITensor> receiver) {
    for (int index = 0; index < definition.getNbInputs(); index++) {
      receiver.accept(definition.getInput(index));
    }
    layers(
        layer -> {
          for (int output = 0; output < layer.getNbOutputs(); output++) {
            ITensor tensor = layer.getOutput(output);
            if (tensor != null) {
              receiver.accept(tensor);
            }
          }
        });
  }
}
