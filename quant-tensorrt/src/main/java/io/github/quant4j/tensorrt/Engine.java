/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A TensorRT engine that is loaded and can run.
 *
 * <p>{@link #newSession} makes what runs it; sessions share the weights. Owns native memory until
 * {@link #close}, which comes after the close of all its sessions. Any thread may use an engine,
 * also several at once.
 *
 * <pre>{@code
 * try (Engine engine = Engine.load(path);
 *     ExecutionSession session = engine.newSession()) {
 *   Map<String, Tensor> outputs = session.run(Map.of("input", tensor));
 * }
 * }</pre>
 */
public final class Engine implements AutoCloseable {

  private final EngineHandle handle;
  private final List<EngineTensor> inputs;
  private final List<EngineTensor> outputs;
  private final List<ShapeProfile> profiles;
  private final long byteCount;
  private final OpenChildren sessions = new OpenChildren("engine", "sessions");

  private Engine(EngineHandle handle, long byteCount) {
    this.handle = handle;
    this.inputs = handle.inputs();
    this.outputs = handle.outputs();
    this.profiles = profiles(handle, inputs);
    this.byteCount = byteCount;
  }

  /**
   * Loads an engine from a file. What was changed behind its first bytes TensorRT does not see; so
   * the plan is held against the SHA-256 that {@link EnginePlan#write} left beside it, where that
   * is there.
   *
   * @param plan what {@link EnginePlan#write} or trtexec wrote, at most 2 GiB
   * @return the engine
   * @throws IOException if the file cannot be read
   * @throws EngineLoadException if it is no plan, is cut short, was changed, or was built by
   *     another version of TensorRT or for another GPU
   * @throws TensorRtUnavailableException if TensorRT cannot be used here
   */
  public static Engine load(Path plan) throws IOException {
    TensorRt.verifyAvailable();
    return of(new PlanFile(plan).read());
  }

  /**
   * Loads an engine.
   *
   * @param plan the bytes of a plan, as they were built: changed ones may end the process; not kept
   * @return the engine
   * @throws EngineLoadException if it is no plan, is cut short, or was built by another version of
   *     TensorRT or for another GPU
   * @throws TensorRtUnavailableException if TensorRT cannot be used here
   */
  public static Engine of(byte[] plan) {
    return of(plan, false);
  }

  /**
   * Loads an engine that may hold code which runs on the host, as plans of {@link
   * EngineBuilder#versionCompatibility} do: only from where programs would be taken too.
   *
   * @param plan what {@link EnginePlan#write} or trtexec wrote, at most 2 GiB
   * @return the engine
   * @throws IOException if the file cannot be read
   * @throws EngineLoadException as {@link #load} does
   * @throws TensorRtUnavailableException if TensorRT cannot be used here
   */
  public static Engine loadTrusted(Path plan) throws IOException {
    TensorRt.verifyAvailable();
    return of(new PlanFile(plan).read(), true);
  }

  static Engine of(byte[] plan, boolean isTrusted) {
    TensorRt.verifyAvailable();
    EngineHandle handle = EngineHandle.load(plan, isTrusted);
    Engine engine = null;
    try {
      engine = new Engine(handle, plan.length);
      return engine;
    } finally {
      if (engine == null) {
        handle.close();
      }
    }
  }

  /**
   * Returns what the engine takes.
   *
   * @return an unmodifiable list in the order of the engine
   */
  public List<EngineTensor> inputs() {
    return inputs;
  }

  /**
   * Returns what the engine gives.
   *
   * @return an unmodifiable list in the order of the engine
   */
  public List<EngineTensor> outputs() {
    return outputs;
  }

  /**
   * Returns the size of the plan.
   *
   * @return bytes
   */
  public long byteCount() {
    return byteCount;
  }

  /**
   * Returns how many optimization profiles the engine was built with.
   *
   * @return at least 1; 1 where all shapes are fixed
   */
  public int profileCount() {
    return profiles.size();
  }

  /**
   * Returns an optimization profile.
   *
   * @param index which, from 0 in the order of the build
   * @return the shapes of every input, three times the same where they are fixed
   * @throws IndexOutOfBoundsException if there is no such profile
   */
  public ShapeProfile profile(int index) {
    return profiles.get(index);
  }

  /**
   * Makes a session that runs the engine in the shapes of its first optimization profile, with
   * buffers and a stream of its own.
   *
   * @return the session, to be closed before the engine
   * @throws IllegalStateException if the engine is closed
   * @throws TensorRtException if the engine has an input or output that lies in memory of the host,
   *     or the memory of the GPU is exhausted
   */
  public ExecutionSession newSession() {
    return newSession(0);
  }

  /**
   * Makes a session that runs the engine in the shapes of one of its optimization profiles, with
   * the kernels that were chosen for it.
   *
   * @param profile which, from 0 to {@link #profileCount} - 1
   * @return the session, to be closed before the engine
   * @throws IndexOutOfBoundsException if there is no such profile
   * @throws IllegalStateException if the engine is closed
   * @throws TensorRtException as {@link #newSession()} does
   */
  public ExecutionSession newSession(int profile) {
    Objects.checkIndex(profile, profiles.size());
    return sessions.open(() -> ExecutionSession.create(this, profile));
  }

  /**
   * Tells what TensorRT made of the network. Asks anew with every call.
   *
   * @return layers, with details if the engine was built with them, as {@link EngineBuilder} does
   * @throws IllegalStateException if the engine is closed
   */
  public EngineInspection inspection() {
    return EngineInspection.parse(handle().layersAsJson());
  }

  /**
   * Frees the engine. Closing twice does nothing.
   *
   * @throws IllegalStateException if a session is still open; the engine then stays open
   */
  @Override
  public void close() {
    sessions.closeParent(handle::close);
  }

  /** A session in the first optimization profile that takes the inputs, or the first of all. */
  ExecutionSession newSession(Map<String, Tensor> given) {
    List<ProfileInputs> taken = ProfileInputs.of(profiles, inputs);
    return newSession(
        IntStream.range(0, taken.size())
            .filter(profile -> taken.get(profile).takes(given))
            .findFirst()
            .orElse(0));
  }

  /** The native engine. */
  EngineHandle handle() {
    sessions.requireOpen();
    return handle;
  }

  /** Takes note that a session is closed. */
  void closed(ExecutionSession session) {
    sessions.closed(session);
  }

  private static List<ShapeProfile> profiles(EngineHandle handle, List<EngineTensor> inputs) {
    List<ShapeProfile> profiles = new ArrayList<>();
    for (int index = 0; index < handle.profileCount(); index++) {
      Map<String, ShapeRange> ranges = new LinkedHashMap<>();
      for (EngineTensor input : inputs) {
        ranges.put(input.name(), handle.range(input, index));
      }
      profiles.add(ShapeProfile.of(ranges));
    }
    return List.copyOf(profiles);
  }
}
