/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.device;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.ptq.NodeList;
import java.util.List;
import java.util.stream.Stream;

/** How the pair of an activation is written: as TensorRT wants it, and as it is found elsewhere. */
enum CodeForm {
  INT8 {
    @Override
    void write(NetworkWriter to, String tensor, String scale) {
      pair(to, tensor, List.of(scale, zero(to, tensor, ElementType.INT8, 0)));
    }
  },
  /** A zero point of int8 that is not zero. */
  OFFSET {
    @Override
    void write(NetworkWriter to, String tensor, String scale) {
      pair(to, tensor, List.of(scale, zero(to, tensor, ElementType.INT8, 3)));
    }
  },
  /** A zero point of uint8. */
  UNSIGNED {
    @Override
    void write(NetworkWriter to, String tensor, String scale) {
      pair(to, tensor, List.of(scale, zero(to, tensor, ElementType.UINT8, 0)));
    }
  },
  /** No zero point, which ONNX reads as one of uint8. */
  WITHOUT_ZERO_POINT {
    @Override
    void write(NetworkWriter to, String tensor, String scale) {
      pair(to, tensor, List.of(scale));
    }
  },
  /** A zero point of int32, which is no ONNX. */
  WIDE_ZERO_POINT {
    @Override
    void write(NetworkWriter to, String tensor, String scale) {
      String zero = to.constant(tensor + "_zero", Tensor.ofInts(Shape.of(), 0));
      pair(to, tensor, List.of(scale, zero));
    }
  },
  /** A Cast to uint8 between the two, as PyTorch's eager exporter writes it. */
  UNSIGNED_CAST {
    @Override
    void write(NetworkWriter to, String tensor, String scale) {
      String zero = zero(to, tensor, ElementType.UINT8, 0);
      String codes = tensor + "_QuantizeLinear";
      String cast = tensor + "_Cast";
      to.node("QuantizeLinear", codes, List.of(tensor, scale, zero));
      to.node("Cast", cast, List.of(codes), NodeList.integer("to", ElementType.UINT8.onnxCode()));
      to.node("DequantizeLinear", tensor + "_DequantizeLinear", List.of(cast, scale, zero));
    }
  };

  /** Adds the pair of a tensor. */
  abstract void write(NetworkWriter to, String tensor, String scale);

  private static String zero(NetworkWriter to, String tensor, ElementType type, int value) {
    return to.constant(tensor + "_zero", Tensor.ofBytes(type, Shape.of(), (byte) value));
  }

  private static void pair(NetworkWriter to, String tensor, List<String> parameters) {
    String codes = tensor + "_QuantizeLinear";
    to.node("QuantizeLinear", codes, joined(tensor, parameters));
    to.node("DequantizeLinear", tensor + "_DequantizeLinear", joined(codes, parameters));
  }

  private static List<String> joined(String first, List<String> others) {
    return Stream.concat(Stream.of(first), others.stream()).toList();
  }
}
