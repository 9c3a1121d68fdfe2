/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the elements of a tensor inside an engine are. */
public enum LayerPrecision {
  /** Signed 4-bit integers. */
  INT4,
  /** Signed 8-bit integers. */
  INT8,
  /** 8-bit floating point numbers. */
  FP8,
  /** IEEE half precision. */
  FP16,
  /** The upper half of a float32. */
  BF16,
  /** IEEE single precision, also where tensor cores round it to TF32. */
  FP32,
  /** Indices, sizes and truth values. */
  OTHER,
  /** TensorRT does not say, as for engines with dynamic shapes or built without details. */
  UNKNOWN;

  /** Words of TensorRT's descriptions, those first that hold another one. */
  private static final List<Map.Entry<String, LayerPrecision>> WORDS =
      List.of(
          Map.entry("uint8", OTHER),
          Map.entry("int8", INT8),
          Map.entry("int4", INT4),
          Map.entry("int32", OTHER),
          Map.entry("int64", OTHER),
          Map.entry("bool", OTHER),
          Map.entry("fp8", FP8),
          Map.entry("float8", FP8),
          Map.entry("bf16", BF16),
          Map.entry("bfloat16", BF16),
          Map.entry("half", FP16),
          Map.entry("fp16", FP16),
          Map.entry("float16", FP16),
          Map.entry("fp32", FP32),
          Map.entry("float", FP32));

  /** What a description as {@code Half} or {@code Row major linear FP16 format} speaks of. */
  static LayerPrecision of(String description) {
    String text = description.toLowerCase(Locale.ROOT);
    return WORDS.stream()
        .filter(word -> text.contains(word.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(UNKNOWN);
  }
}
