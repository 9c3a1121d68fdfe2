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
 * One model loaded into ONNX Runtime, on the processor or a GPU as its settings say.
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

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final List<TensorSignature> inputs;
  private final List<TensorSignature> outputs;
  private final Map<String, SymbolicShape> inputShapes;
  private final Map<String, SymbolicShape> outputShapes;
  private final InputBuffers buffers = new InputBuffers();
  private boolean isClosed;

  private InferenceSession(OrtEnvironment environment, OrtSession session) throws OrtException {
    this.environment = environment;
    this.session = session;
    this.inputs = signatures("input", session.getInputInfo().values());
    this.outputs = signatures("output", session.getOutputInfo().values());
    this.inputShapes = shapes(session.getInputInfo().values());
    this.outputShapes = shapes(session.getOutputInfo().values());
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
    return open(model, settings, true);
  }

  /**
   * Loads a model, and says whether the runtime's threads wait for work in a busy loop, which
   * shortens the gaps between operators but takes the cores from everybody else.
   */
  static InferenceSession open(byte[] model, SessionSettings settings, boolean isSpinning) {
    return open(
        "a model of " + model.length + " bytes",
        settings,
        isSpinning,
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
    return open(model, settings, true);
  }

  static InferenceSession open(Path model, SessionSettings settings, boolean isSpinning) {
    return open(
        "the model \"" + model + "\"",
        settings,
        isSpinning,
        (environment, options) -> environment.createSession(model.toString(), options));
  }

  private static InferenceSession open(
      String what, SessionSettings settings, boolean isSpinning, Loader loader) {
    OrtEnvironment environment = environment();
    try (OrtSession.SessionOptions options = OrtOptions.of(settings, isSpinning)) {
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
      throw OrtFailure.ofLoading(what, settings.provider(), e);
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
    buffers.close();
    try {
      session.close();
    } catch (OrtException e) {
      throw OrtFailure.of("cannot close the model", e);
    }
  }

  private void run(
      TensorBatch batch,
      Map<String, Tensor> parameters,
      Set<String> names,
      BiConsumer<String, Tensor> consumer) {
    requireFit(batch, parameters);
    Map<String, DirectTensor> values = new LinkedHashMap<>();
    for (TensorSignature input : inputs) {
      Tensor tensor =
          Optional.ofNullable(parameters.get(input.name()))
              .or(() -> batch.tensor(input.name()))
              .orElseThrow();
      values.put(input.name(), buffers.direct(input.name(), tensor));
    }
    runFor(
        values,
        new Wanted(names, Map.of()),
        (name, value) -> consumer.accept(name, OrtTensors.copy(name, value)));
  }

  /**
   * Runs the model on tensors that fit it and hands on the values that are wanted, which live until
   * the consumer returns. Several threads may do so at the same time.
   */
  void runFor(
      Map<String, DirectTensor> values, Wanted wanted, BiConsumer<String, OnnxValue> consumer) {
    Map<String, OnnxTensor> opened = new LinkedHashMap<>();
    Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
    try (OrtSession.RunOptions options = new OrtSession.RunOptions()) {
      options.setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      openAll(values, opened);
      openAll(wanted.pinned(), pinned);
      try (OrtSession.Result result = session.run(opened, wanted.names(), pinned, options)) {
        for (Map.Entry<String, OnnxValue> output : result) {
          if (!pinned.containsKey(output.getKey())) {
            consumer.accept(output.getKey(), output.getValue());
          }
        }
      }
    } catch (OrtException e) {
      throw OrtFailure.of("the model failed on " + describe(values), e);
    } finally {
      OnnxValue.close(opened);
      OnnxValue.close(pinned);
    }
  }

  private void openAll(Map<String, DirectTensor> tensors, Map<String, OnnxTensor> opened)
      throws OrtException {
    for (Map.Entry<String, DirectTensor> tensor : tensors.entrySet()) {
      opened.put(tensor.getKey(), tensor.getValue().open(environment));
    }
  }

  private static String describe(Map<String, DirectTensor> values) {
    Map<String, String> shapes = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> shapes.put(name, value.elementType().toString() + value.shape()));
    return shapes.toString();
  }

  /** Throws unless the session is open and the batch fits the inputs that are no parameters. */
  void requireFit(TensorBatch batch, Map<String, Tensor> parameters) {
    if (isClosed) {
      throw new IllegalStateException("session is closed");
    }
    BatchCheck.checkParameters(parameters, inputs);
    BatchCheck.checkFedOnce(batch, parameters.keySet());
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

  private static List<TensorSignature> signatures(String role, Collection<NodeInfo> nodes) {
    List<TensorSignature> signatures = new ArrayList<>();
    for (NodeInfo node : nodes) {
      signatures.add(OrtTensors.signature(role, node));
    }
    return List.copyOf(signatures);
  }

  private static Map<String, SymbolicShape> shapes(Collection<NodeInfo> nodes) {
    Map<String, SymbolicShape> shapes = new LinkedHashMap<>();
    nodes.forEach(node -> shapes.put(node.getName(), OrtTensors.symbolicShape(node)));
    return shapes;
  }

  /** Returns what the model declares of the shapes of its inputs. */
  Map<String, SymbolicShape> inputShapes() {
    return inputShapes;
  }

  /** Returns what is known of the shapes of outputs before the model is run. */
  Map<String, SymbolicShape> outputShapes() {
    return outputShapes;
  }

  /**
   * What a run is to give.
   *
   * @param names outputs that are handed on
   * @param pinned memory that other outputs are written to, of exactly their shapes
   */
  record Wanted(Set<String> names, Map<String, DirectTensor> pinned) {}

  /** A way to hand a model to ONNX Runtime. */
  @FunctionalInterface
  private interface Loader {
    OrtSession load(OrtEnvironment environment, OrtSession.SessionOptions options)
        throws OrtException;
  }
}
