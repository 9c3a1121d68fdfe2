/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.half.WidenQuantizers;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.QuantizationManifest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a model in ONNX Runtime on the CPU, at its default optimization level.
 *
 * <p>Models marked as mode S run with two changes, for ONNX Runtime gets float16 beside int8 wrong:
 * its QuantizeLinear does not round float16, so that reads float32, see {@link WidenQuantizers};
 * and its optimization WeightBiasQuantization, which rounds float biases to units of input scale
 * times weight scale, is left out, for it computes that product in float16, in which it has next to
 * no digits.
 */
public final class OnnxRuntimeOracle {
  private OnnxRuntimeOracle() {}

  /** Returns all outputs in order. */
  public static Map<String, Tensor> run(OnnxModel model, Map<String, Tensor> inputs) {
    return isStronglyTyped(model) ? runWidened(model.copy(), inputs) : runAsIs(model, inputs);
  }

  /** Returns the numbers of the first output of a model with one input. */
  public static float[] run(OnnxModel model, Tensor input) {
    Tensor output = firstOutput(model, input);
    float[] values = new float[output.floats().remaining()];
    output.floats().get(values);
    return values;
  }

  /** Returns the first output of a model with one input. */
  public static Tensor firstOutput(OnnxModel model, Tensor input) {
    String name = model.graph().inputs().get(0).name();
    return run(model, Map.of(name, input)).values().iterator().next();
  }

  /** Returns the numbers of the first output of a model file with one input named x. */
  public static float[] run(Path model, Tensor input) {
    Tensor output = run(model, Map.of("x", input)).values().iterator().next();
    float[] values = new float[output.floats().remaining()];
    output.floats().get(values);
    return values;
  }

  /** Returns all outputs in order of a model file. */
  public static Map<String, Tensor> run(Path model, Map<String, Tensor> inputs) {
    return run(
        (environment, options) -> environment.createSession(model.toString(), options), inputs);
  }

  /** Returns all outputs in order of a model that is computed node by node, as it is written. */
  public static Map<String, Tensor> runUnoptimized(OnnxModel model, Map<String, Tensor> inputs) {
    byte[] bytes = model.toByteArray();
    return run(
        (environment, options) -> {
          options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
          return environment.createSession(bytes, options);
        },
        inputs);
  }

  /**
   * Returns why no session can be made of a model, empty when one can. Two optimizations that write
   * what ONNX Runtime then refuses are left out (onnxruntime 1.29 and 1.30): QDQPropagation, which
   * at opset 21 gives the pairs it adds behind an int8 DequantizeLinear two types (pull request
   * 28144), and Pad_Fusion, which gives a MaxPool pads as large as its kernel.
   */
  public static Optional<String> refusal(OnnxModel model) {
    byte[] bytes = model.toByteArray();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      options.addConfigEntry(
          "optimization.disable_specified_optimizers", "QDQPropagationTransformer;Pad_Fusion");
      OrtEnvironment.getEnvironment().createSession(bytes, options).close();
      return Optional.empty();
    } catch (OrtException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static boolean isStronglyTyped(OnnxModel model) {
    return QuantizationManifest.of(model)
        .filter(manifest -> manifest.mode() == BuildMode.STRONGLY_TYPED)
        .isPresent();
  }

  private static Map<String, Tensor> runAsIs(OnnxModel model, Map<String, Tensor> inputs) {
    byte[] bytes = model.toByteArray();
    return run((environment, options) -> environment.createSession(bytes, options), inputs);
  }

  private static Map<String, Tensor> runWidened(OnnxModel model, Map<String, Tensor> inputs) {
    new WidenQuantizers().run(model);
    byte[] bytes = model.toByteArray();
    return run(
        (environment, options) -> {
          options.addConfigEntry(
              "optimization.disable_specified_optimizers", "WeightBiasQuantization");
          return environment.createSession(bytes, options);
        },
        inputs);
  }

  private static Map<String, Tensor> run(Loader loader, Map<String, Tensor> inputs) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Map<String, OnnxTensorLike> fed = new LinkedHashMap<>();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      try (OrtSession session = loader.load(environment, options)) {
        for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
          fed.put(input.getKey(), tensor(environment, input.getValue()));
        }
        try (OrtSession.Result result = session.run(fed)) {
          Map<String, Tensor> outputs = new LinkedHashMap<>();
          for (Map.Entry<String, OnnxValue> output : result) {
            outputs.put(output.getKey(), tensor((OnnxTensor) output.getValue()));
          }
          return outputs;
        }
      }
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime refuses the model: " + e.getMessage(), e);
    } finally {
      fed.values().forEach(OnnxTensorLike::close);
    }
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Tensor tensor) throws OrtException {
    long[] shape = tensor.shape().toArray();
    return switch (tensor.elementType()) {
      case INT64 -> OnnxTensor.createTensor(environment, tensor.longs(), shape);
      case BOOL -> OnnxTensor.createTensor(environment, tensor.bytes(), shape, OnnxJavaType.BOOL);
      default -> OnnxTensor.createTensor(environment, tensor.floats(), shape);
    };
  }

  private static Tensor tensor(OnnxTensor value) {
    TensorInfo info = value.getInfo();
    ElementType type = ElementType.valueOf(info.type.name());
    ByteBuffer bytes = value.getByteBuffer();
    ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    return Tensor.of(type, Shape.of(info.getShape()), copy.put(bytes).flip());
  }

  private interface Loader {
    OrtSession load(OrtEnvironment environment, OrtSession.SessionOptions options)
        throws OrtException;
  }
}
