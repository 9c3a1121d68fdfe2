/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.github.quant4j.core.histogram.StreamingHistogram;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.core.table.TensorStatistics;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What ONNX Runtime's own API gives for a model and some batches, all of it kept and looked at
 * afterwards: the table that a calibrator must give, bit for bit.
 */
final class RuntimeOracle {

  private RuntimeOracle() {}

  static CalibrationTable table(
      byte[] model, List<String> observed, List<TensorBatch> batches, boolean hasHistograms)
      throws OrtException {
    CalibrationTable.Builder table = CalibrationTable.builder();
    long sampleCount = batches.stream().mapToLong(TensorBatch::sampleCount).sum();
    values(model, batches)
        .forEach(
            (name, values) -> {
              if (observed.contains(name) && values.length > 0) {
                table.put(name, calibration(values, hasHistograms));
              }
            });
    return table.sampleCount(sampleCount).build();
  }

  static TensorCalibration calibration(float[] values, boolean hasHistogram) {
    if (hasHistogram) {
      StreamingHistogram histogram = StreamingHistogram.create();
      histogram.observe(FloatBuffer.wrap(values));
      return TensorCalibration.of(histogram.snapshot());
    }
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    return TensorCalibration.of(
        new TensorStatistics(sorted[0], sorted[sorted.length - 1], sorted.length, 0));
  }

  /** Returns all values of the float inputs and outputs, one batch after the other. */
  private static Map<String, float[]> values(byte[] model, List<TensorBatch> batches)
      throws OrtException {
    Map<String, float[]> values = new LinkedHashMap<>();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      try (OrtSession session = environment.createSession(model, options)) {
        for (TensorBatch batch : batches) {
          run(environment, session, batch, values);
        }
      }
    }
    return values;
  }

  private static void run(
      OrtEnvironment environment,
      OrtSession session,
      TensorBatch batch,
      Map<String, float[]> values)
      throws OrtException {
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    try {
      for (String name : batch.names()) {
        OnnxTensor input = tensor(environment, batch.tensor(name).orElseThrow());
        inputs.put(name, input);
        append(values, name, input);
      }
      try (OrtSession.Result result = session.run(inputs)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          if (!inputs.containsKey(output.getKey())) {
            append(values, output.getKey(), (OnnxTensor) output.getValue());
          }
        }
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Tensor tensor) throws OrtException {
    ByteBuffer bytes = tensor.bytes();
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.remaining()).order(bytes.order());
    direct.put(bytes).flip();
    String type = tensor.elementType().toString().toUpperCase(Locale.ROOT);
    return OnnxTensor.createTensor(
        environment, direct, tensor.shape().toArray(), OnnxJavaType.valueOf(type));
  }

  private static void append(Map<String, float[]> values, String name, OnnxTensor tensor) {
    if (tensor.getInfo().type == OnnxJavaType.FLOAT) {
      FloatBuffer added = tensor.getFloatBuffer();
      float[] before = values.getOrDefault(name, new float[0]);
      float[] all = Arrays.copyOf(before, before.length + added.remaining());
      added.get(all, before.length, added.remaining());
      values.put(name, all);
    }
  }
}
