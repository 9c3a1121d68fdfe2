/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ElementTypeTest {

  /*
   * Expected values made with onnx 1.23.1:
   *   from onnx import TensorProto as T, helper as h
   *   for n, c in T.DataType.items():
   *       if c: print(n, c)
   */
  @Test
  void onnxCodeOfEveryTypeIsThatOfOnnx() {
    assertThat(
            Arrays.stream(ElementType.values())
                .map(type -> type.name() + " " + type.onnxCode())
                .collect(Collectors.joining(", ")))
        .isEqualTo(
            "FLOAT 1, UINT8 2, INT8 3, UINT16 4, INT16 5, INT32 6, INT64 7, STRING 8, BOOL 9, "
                + "FLOAT16 10, DOUBLE 11, UINT32 12, UINT64 13, COMPLEX64 14, COMPLEX128 15, "
                + "BFLOAT16 16, FLOAT8E4M3FN 17, FLOAT8E4M3FNUZ 18, FLOAT8E5M2 19, "
                + "FLOAT8E5M2FNUZ 20, UINT4 21, INT4 22, FLOAT4E2M1 23, FLOAT8E8M0 24, UINT2 25, "
                + "INT2 26");
  }

  @Test
  void ofOnnxCodeOfEveryTypeFindsIt() {
    for (ElementType type : ElementType.values()) {
      assertThat(ElementType.ofOnnxCode(type.onnxCode())).contains(type);
    }
  }

  @Test
  void ofOnnxCodeUnknownIsEmpty() {
    assertThat(ElementType.ofOnnxCode(0)).isEmpty();
    assertThat(ElementType.ofOnnxCode(27)).isEmpty();
    assertThat(ElementType.ofOnnxCode(-1)).isEmpty();
  }

  @Test
  void toStringIsTheNameOfOnnx() {
    assertThat(ElementType.FLOAT).hasToString("float");
    assertThat(ElementType.FLOAT8E4M3FN).hasToString("float8e4m3fn");
  }

  @Test
  void bitWidthOfStringIsZero() {
    assertThat(ElementType.STRING.bitWidth()).isZero();
    assertThat(ElementType.INT4.bitWidth()).isEqualTo(4);
    assertThat(ElementType.COMPLEX128.bitWidth()).isEqualTo(128);
  }
}
