/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import io.github.quant4j.onnx.internal.proto.AttributeProto;
import io.github.quant4j.onnx.internal.proto.FunctionProto;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.NodeProto;
import io.github.quant4j.onnx.internal.proto.SparseTensorProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import io.github.quant4j.onnx.internal.proto.TrainingInfoProto;

/**
 * Tells whether {@link EmbeddedTensors} has anything to do. Most models have no tensor in a data
 * file but initializers, and looking by the fields' own accessors costs a fraction of what the
 * first use of reflection does.
 */
final class OutsideTensors {
  private OutsideTensors() {}

  /** Tells whether a tensor anywhere in the model lies in a data file. */
  static boolean isAnyIn(ModelProto model) {
    return isAnyIn(model.getGraph())
        || model.getTrainingInfoList().stream().anyMatch(OutsideTensors::isAnyIn)
        || model.getFunctionsList().stream().anyMatch(OutsideTensors::isAnyIn);
  }

  static boolean isOutside(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  private static boolean isAnyIn(TrainingInfoProto training) {
    return isAnyIn(training.getInitialization()) || isAnyIn(training.getAlgorithm());
  }

  private static boolean isAnyIn(FunctionProto function) {
    return function.getNodeList().stream().anyMatch(OutsideTensors::isAnyIn)
        || function.getAttributeProtoList().stream().anyMatch(OutsideTensors::isAnyIn);
  }

  private static boolean isAnyIn(GraphProto graph) {
    return graph.getNodeList().stream().anyMatch(OutsideTensors::isAnyIn)
        || graph.getInitializerList().stream().anyMatch(OutsideTensors::isOutside)
        || graph.getSparseInitializerList().stream().anyMatch(OutsideTensors::isAnyIn);
  }

  private static boolean isAnyIn(NodeProto node) {
    return node.getAttributeList().stream().anyMatch(OutsideTensors::isAnyIn);
  }

  private static boolean isAnyIn(AttributeProto attribute) {
    return isOutside(attribute.getT())
        || attribute.getTensorsList().stream().anyMatch(OutsideTensors::isOutside)
        || isAnyIn(attribute.getSparseTensor())
        || attribute.getSparseTensorsList().stream().anyMatch(OutsideTensors::isAnyIn)
        || isAnyIn(attribute.getG())
        || attribute.getGraphsList().stream().anyMatch(OutsideTensors::isAnyIn);
  }

  private static boolean isAnyIn(SparseTensorProto sparse) {
    return isOutside(sparse.getValues()) || isOutside(sparse.getIndices());
  }
}
