/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.ElementType;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ElementTypesTest {

  @Test
  void of_everyNumberOfTensorRt_isTheTypeOfThatName() {
    // nvinfer1::DataType, TensorRT 10.15: kFLOAT kHALF kINT8 kINT32 kBOOL kUINT8 kFP8 kBF16 kINT64
    // kINT4 kFP4 kE8M0
    assertThat(IntStream.range(0, 12).mapToObj(number -> ElementTypes.of("x", number)))
        .containsExactly(
            ElementType.FLOAT,
            ElementType.FLOAT16,
            ElementType.INT8,
            ElementType.INT32,
            ElementType.BOOL,
            ElementType.UINT8,
            ElementType.FLOAT8E4M3FN,
            ElementType.BFLOAT16,
            ElementType.INT64,
            ElementType.INT4,
            ElementType.FLOAT4E2M1,
            ElementType.FLOAT8E8M0);
  }

  @Test
  void of_unknownNumber_namesTensorAndNumber() {
    assertThatExceptionOfType(TensorRtException.class)
        .isThrownBy(() -> ElementTypes.of("x", 99))
        .withMessageStartingWith("tensor 'x' has TensorRT data type 99");
  }
}
