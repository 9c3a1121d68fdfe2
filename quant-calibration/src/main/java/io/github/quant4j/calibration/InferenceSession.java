/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model loaded into ONNX Runtime on the CPU.
 *
 * <p>The same batch gives the same bits in every run on one machine with the same settings: nodes
 * run one after the other and kernels are asked to be deterministic. Other batch sizes or thread
 * counts may change the last bits, as the runtime then sums in another order.
 *
 * <p>Memory: the model as ONNX Runtime keeps it, one direct buffer per input as large as the
 * largest batch that came from the heap, and during a run the outputs.
 *
 * <p>Owns native memory until {@link #close()}. Used by one thread at a time.
 */
public final class InferenceSession implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(InferenceSession.class);

  private static final String DISABLED_OPTIMIZERS_KEY = "optimization.disable_specified_optimizers";

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final List<TensorSignature> inputs;
  private final List<TensorSignature> outputs;
  private final InputBuffers buffers = new InputBuffers();
  private boolean isClosed;

  private InferenceSession(OrtEnvironment environment, OrtSession session) throws OrtException {
    this.environment = environment;
    this.session = session;
    this.inputs = signatures("input", session.getInputInfo().values());
    this.outputs = signatures("output", session.getOutputInfo().values());
  }

  /**
   * Loads a model.
   *
   * @param model the bytes of an ONNX model with all weights inside; not kept
   * @param settings how to run it
   * @return a session that the caller closes
   * @throws CalibrationException if ONNX Runtime cannot be loaded on this machine or refuses the
   *     model, or an input or output of the model is not a tensor
   */
  public static InferenceSession open(byte[] model, SessionSettings settings) {
    return open(
        "a model of " + model.length + " bytes",
        settings,
        (environment, options) -> environment.createSession(model, options));
  }

  /**
   * Loads a model from its file, with the weights that it keeps in other files; the only way for
   * models of 2 GiB or more.
   *
   * @param model the path of an ONNX model; it and the files with its weights must stay until the
   *     session is closed
   * @param settings how to run it
   * @return a session that the caller closes
   * @throws CalibrationException if ONNX Runtime cannot be loaded on this machine, cannot read the
   *     file or refuses the model, or an input or output of the model is not a tensor
   */
  public static InferenceSession open(Path model, SessionSettings settings) {
    return open(
        "the model \"" + model + "\"",
        settings,
        (environment, options) -> environment.createSession(model.toString(), options));
  }

  private static InferenceSession open(String what, SessionSettings settings, Loader loader) {
    OrtEnvironment environment = environment();
    try (OrtSession.SessionOptions options = options(settings)) {
      OrtSession session = loader.load(environment, options);
      try {
        InferenceSession opened = new InferenceSession(environment, session);
        LOGGER.debug("opened {}: {} -> {}", what, opened.inputs, opened.outputs);
        return opened;
      } catch (OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw failure("cannot load " + what + ", expected a valid ONNX model", e);
    }
  }

  /**
   * Returns what the model takes.
   *
   * @return the inputs in the order of the model
   */
  public List<TensorSignature> inputs() {
    return inputs;
  }

  /**
   * Returns what the model gives.
   *
   * @return the outputs in the order of the model
   */
  public List<TensorSignature> outputs() {
    return outputs;
  }

  /**
   * Runs the model on a batch.
   *
   * @param batch one tensor per input, of its name and element type and of dimensions that fit it;
   *     read only, not kept
   * @return all outputs by name in the order of the model; copies that belong to the caller
   * @throws CalibrationException if the batch does not fit the inputs, which is checked before the
   *     model is run, or the model fails
   * @throws IllegalStateException if the session is closed
   */
  public Map<String, Tensor> run(TensorBatch batch) {
    return run(batch, Map.of());
  }

  /**
   * Runs the model on a batch, feeding some inputs with tensors that do not belong to samples.
   *
   * @param batch one tensor for each of the other inputs; read only, not kept
   * @param parameters tensors by the name of their input, of its element type and of dimensions
   *     that fit it; read only, not kept
   * @return all outputs by name in the order of the model; copies that belong to the caller
   * @throws CalibrationException if a parameter names no input, a tensor does not fit its input,
   *     which is checked before the model is run, or the model fails
   * @throws IllegalStateException if the session is closed
   */
  public Map<String, Tensor> run(TensorBatch batch, Map<String, Tensor> parameters) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    run(batch, parameters, outputNames(), tensors::put);
    return tensors;
  }

  private Set<String> outputNames() {
    Set<String> names = new LinkedHashSet<>();
    outputs.forEach(output -> names.add(output.name()));
    return names;
  }

  /**
   * Releases the model; a second call does nothing.
   *
   * @throws CalibrationException if ONNX Runtime fails to
   */
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    try {
      session.close();
    } catch (OrtException e) {
      throw failure("cannot close the model", e);
    }
  }

  /** Runs the model for some outputs, one or more, and hands on one copy after the other. */
  void run(TensorBatch batch, Set<String> names, BiConsumer<String, Tensor> consumer) {
    run(batch, Map.of(), names, consumer);
  }

  private void run(
      TensorBatch batch,
      Map<String, Tensor> parameters,
      Set<String> names,
      BiConsumer<String, Tensor> consumer) {
    requireFit(batch, parameters);
    Map<String, OnnxTensor> values = new LinkedHashMap<>();
    try (OrtSession.RunOptions options = new OrtSession.RunOptions()) {
      options.setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      for (TensorSignature input : inputs) {
        Tensor tensor =
            Optional.ofNullable(parameters.get(input.name()))
                .or(() -> batch.tensor(input.name()))
                .orElseThrow();
        values.put(
            input.name(),
            OrtTensors.wrap(environment, tensor, buffers.direct(input.name(), tensor)));
      }
      try (OrtSession.Result result = session.run(values, names, options)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          consumer.accept(output.getKey(), OrtTensors.copy(output.getKey(), output.getValue()));
        }
      }
    } catch (OrtException e) {
      throw failure("the model failed on " + batch, e);
    } finally {
      OnnxValue.close(values);
    }
  }

  /** Throws unless the session is open and the batch fits its inputs. */
  void requireFit(TensorBatch batch) {
    requireFit(batch, Map.of());
  }

  private void requireFit(TensorBatch batch, Map<String, Tensor> parameters) {
    if (isClosed) {
      throw new IllegalStateException("session is closed");
    }
    BatchCheck.checkParameters(parameters, inputs);
    List<TensorSignature> ofSamples = new ArrayList<>(inputs);
    ofSamples.removeIf(input -> parameters.containsKey(input.name()));
    BatchCheck.check(batch, ofSamples);
  }

  private static OrtEnvironment environment() {
    try {
      return OrtEnvironment.getEnvironment();
    } catch (LinkageError e) {
      throw new CalibrationException(
          "cannot load ONNX Runtime on %s %s, expected a platform that its Java package supports"
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch")),
          e);
    }
  }

  private static OrtSession.SessionOptions options(SessionSettings settings) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    try {
      // Failures come back as exceptions; the runtime would print them to standard error besides.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      options.setDeterministicCompute(true);
      options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setInterOpNumThreads(1);
      options.setIntraOpNumThreads(settings.threadCount());
      options.setOptimizationLevel(
          settings.hasGraphOptimization()
              ? OrtSession.SessionOptions.OptLevel.ALL_OPT
              : OrtSession.SessionOptions.OptLevel.NO_OPT);
      options.addConfigEntry(
          DISABLED_OPTIMIZERS_KEY, String.join(";", settings.disabledOptimizers()));
      return options;
    } catch (OrtException e) {
      options.close();
      throw e;
    }
  }

  private static List<TensorSignature> signatures(String role, Collection<NodeInfo> nodes) {
    List<TensorSignature> signatures = new ArrayList<>();
    for (NodeInfo node : nodes) {
      signatures.add(OrtTensors.signature(role, node));
    }
    return List.copyOf(signatures);
  }

  private static CalibrationException failure(String what, OrtException cause) {
    String message =
        String.valueOf(cause.getMessage())
            .replaceAll("\\s*\\R\\s*", " ")
            .replaceAll("[.\\s]+$", "");
    return new CalibrationException(what + "; ONNX Runtime says: " + message, cause);
  }

  /** A way to hand a model to ONNX Runtime. */
  @FunctionalInterface
  private interface Loader {
    OrtSession load(OrtEnvironment environment, OrtSession.SessionOptions options)
        throws OrtException;
  }
}
