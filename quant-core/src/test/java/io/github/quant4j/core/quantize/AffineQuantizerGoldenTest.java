/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.qparams.QuantizationParameters;
import io.github.quant4j.core.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

/*
 * Expected codes and values were made with onnxruntime 1.30.0 on x86-64:
 *
 *   import numpy as np, onnxruntime as ort
 *   from onnx import helper as h, TensorProto as T
 *   def run(op, x, scale, zero, **axis):
 *       types = (T.FLOAT, T.INT8) if op == 'QuantizeLinear' else (T.INT8, T.FLOAT)
 *       x = np.array(x, [np.int8, np.float32][types[0] == T.FLOAT])
 *       s, z = np.array(scale, np.float32), np.array(zero, np.int8)
 *       g = h.make_graph([h.make_node(op, ['x', 's', 'z'], ['y'], **axis)], 'g',
 *           [h.make_tensor_value_info('x', types[0], x.shape),
 *            h.make_tensor_value_info('s', T.FLOAT, s.shape),
 *            h.make_tensor_value_info('z', T.INT8, z.shape)],
 *           [h.make_tensor_value_info('y', types[1], x.shape)])
 *       m = h.make_model(g, opset_imports=[h.make_opsetid('', 13)], ir_version=10)
 *       session = ort.InferenceSession(m.SerializeToString())
 *       return session.run(None, {'x': x, 's': s, 'z': z})[0]
 */
class AffineQuantizerGoldenTest {

  /* run('QuantizeLinear', [.5, 1.5, 2.5, 3.5, -.5, -1.5, -2.5], 1, 0) */
  @Test
  void quantizeOfHalvesRoundsToEvenAsOnnxRuntime() {
    assertThat(quantize(1f, 0, .5f, 1.5f, 2.5f, 3.5f, -.5f, -1.5f, -2.5f))
        .containsExactly(0, 2, 2, 4, 0, -2, -2);
  }

  /* run('QuantizeLinear', [200, -200, 127.5, -128.5, 126.5], 1, 0) */
  @Test
  void quantizeBeyondTheCodesSaturatesAsOnnxRuntime() {
    assertThat(quantize(1f, 0, 200, -200, 127.5f, -128.5f, 126.5f))
        .containsExactly(127, -128, 127, -128, 126);
  }

  /* run('QuantizeLinear', [np.nan, np.inf, -np.inf, 3.4e38, -3.4e38, -0.0, 1e-45], 1, 0) */
  @Test
  void quantizeOfSpecialValuesIsThatOfOnnxRuntime() {
    assertThat(
            quantize(
                1f,
                0,
                Float.NaN,
                Float.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY,
                3.4e38f,
                -3.4e38f,
                -0f,
                Float.MIN_VALUE))
        .containsExactly(-128, 127, -128, 127, -128, 0, 0);
  }

  /* run('QuantizeLinear', [.35, .25, .15, .05, -.35, -.25, 12.65, 12.75], .1, 0) */
  @Test
  void quantizeDividesInFloat32AsOnnxRuntime() {
    assertThat(quantize(.1f, 0, .35f, .25f, .15f, .05f, -.35f, -.25f, 12.65f, 12.75f))
        .containsExactly(4, 2, 2, 0, -4, -2, 126, 127);
  }

  /* run('QuantizeLinear', [-1, -.5, 0, .5, 1, 2], .01, -28)
   * run('QuantizeLinear', [np.nan, .5, 1.5, 2.5, -0.5], 1, 10) */
  @Test
  void quantizeAddsTheZeroPointAsOnnxRuntime() {
    assertThat(quantize(.01f, -28, -1, -.5f, 0, .5f, 1, 2))
        .containsExactly(-128, -78, -28, 22, 72, 127);
    assertThat(quantize(1f, 10, Float.NaN, .5f, 1.5f, 2.5f, -.5f))
        .containsExactly(-128, 10, 12, 12, 10);
  }

  /* run('QuantizeLinear', [[[-1, .25], [3, .7]], [[.1, .2], [.3, .4]]], [.01, .02], [0, 0], axis=1) */
  @Test
  void quantizePerAxisIsThatOfOnnxRuntime() {
    AffineQuantizer quantizer =
        AffineQuantizer.of(
            QuantizationParameters.perAxis(1, new float[] {.01f, .02f}, new int[2]), -128, 127);
    ByteBuffer codes = ByteBuffer.allocate(8);
    quantizer.quantize(
        FloatBuffer.wrap(new float[] {-1, .25f, 3, .7f, .1f, .2f, .3f, .4f}),
        Shape.of(2, 2, 2),
        codes);

    assertThat(codes.array()).containsExactly(-100, 25, 127, 35, 10, 20, 15, 20);
  }

  /*
   * k = np.arange(10000, dtype=np.int64)
   * x = ((k*7919 % 10007 + k*104729 % 10009 + k*1299709 % 10037 + k*15485863 % 10039 - 20044)
   *      / 4096).astype(np.float32)
   * s = np.float32(np.abs(x).max() / np.float32(127)); c = run('QuantizeLinear', x, s, 0)
   * s, c[:8], c.astype(np.int64).sum(), (c.astype(np.int64) * (k % 97)).sum()
   * # 0.038531926, [-127 20 40 -3 17 37 57 14], 344, 9718
   */
  @Test
  void quantizeOfTenThousandValuesIsThatOfOnnxRuntime() {
    float[] values = ReferenceSet.values();
    byte[] codes = quantize(0.038531926f, 0, values);
    long sum = 0;
    long weighted = 0;
    for (int k = 0; k < codes.length; k++) {
      sum += codes[k];
      weighted += codes[k] * (k % 97);
    }

    assertThat(codes).startsWith(-127, 20, 40, -3, 17, 37, 57, 14);
    assertThat(sum).isEqualTo(344);
    assertThat(weighted).isEqualTo(9718);
  }

  /* [float(v) for v in run('DequantizeLinear', [-128, -127, -1, 0, 1, 127], .1, 0)]
   * [float(v) for v in run('DequantizeLinear', [-128, 0, 127], .1, -28)] */
  @Test
  void dequantizeIsThatOfOnnxRuntime() {
    assertThat(dequantize(.1f, 0, -128, -127, -1, 0, 1, 127))
        .containsExactly(
            (float) -12.800000190734863,
            (float) -12.699999809265137,
            (float) -0.10000000149011612,
            0f,
            (float) 0.10000000149011612,
            (float) 12.699999809265137);
    assertThat(dequantize(.1f, -28, -128, 0, 127))
        .containsExactly(-10f, (float) 2.799999952316284, 15.5f);
  }

  private static byte[] quantize(float scale, int zeroPoint, float... values) {
    byte[] codes = new byte[values.length];
    perTensor(scale, zeroPoint)
        .quantize(FloatBuffer.wrap(values), Shape.of(values.length), ByteBuffer.wrap(codes));
    return codes;
  }

  private static float[] dequantize(float scale, int zeroPoint, int... codes) {
    ByteBuffer bytes = ByteBuffer.allocate(codes.length);
    for (int i = 0; i < codes.length; i++) {
      bytes.put(i, (byte) codes[i]);
    }
    float[] values = new float[codes.length];
    perTensor(scale, zeroPoint).dequantize(bytes, Shape.of(codes.length), FloatBuffer.wrap(values));
    return values;
  }

  private static AffineQuantizer perTensor(float scale, int zeroPoint) {
    return AffineQuantizer.of(QuantizationParameters.perTensor(scale, zeroPoint), -128, 127);
  }
}
