/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A built engine in the form in which it is stored, with what is known of its build. Immutable and
 * thread-safe.
 *
 * <p>A plan runs on the version of TensorRT and the kind of GPU that built it, unless the build
 * asked for more.
 */
public final class EnginePlan {

  private final byte[] bytes;
  private final BuildFacts facts;
  private final List<OutputAgreement> agreements;

  EnginePlan(byte[] bytes, BuildFacts facts) {
    this(bytes, facts, List.of());
  }

  private EnginePlan(byte[] bytes, BuildFacts facts, List<OutputAgreement> agreements) {
    this.bytes = bytes;
    this.facts = facts;
    this.agreements = List.copyOf(agreements);
  }

  /** A copy that knows what a check found. */
  EnginePlan with(List<OutputAgreement> found) {
    return new EnginePlan(bytes, facts, found);
  }

  /**
   * Loads the engine.
   *
   * @return an engine, to be closed by the caller
   * @throws EngineLoadException if TensorRT refuses the plan
   */
  public Engine load() {
    // What this process built is trusted as this process is.
    return Engine.of(bytes, facts.hasHostCode());
  }

  /**
   * Writes the plan to a file, at once: its name never stands for half a plan. Its SHA-256 goes
   * into a file beside, of the same name and {@code .sha256}, which {@link Engine#load} looks at.
   *
   * @param path the file, in an existing directory; replaced if it exists
   * @throws IOException if the file cannot be written, naming it; the old one is then still there
   */
  public void write(Path path) throws IOException {
    new PlanFile(path).write(bytes);
  }

  /**
   * Returns the plan.
   *
   * @return a copy
   */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * Returns the size of the plan.
   *
   * @return bytes
   */
  public long byteCount() {
    return bytes.length;
  }

  /**
   * Returns how long the build took, parsing included.
   *
   * @return the time by the clock
   */
  public Duration buildTime() {
    return facts.time();
  }

  /**
   * Returns what TensorRT warned of while it built.
   *
   * @return an unmodifiable list in the order of the first of each, one line each
   */
  public List<String> warnings() {
    return facts.warnings();
  }

  /**
   * Returns how the plan was built.
   *
   * @return the precision and the options that are not the default ones, in words, one line
   */
  public String options() {
    return facts.options();
  }

  /**
   * Returns how far the outputs agree with the reference of {@link EngineBuilder#check}.
   *
   * @return an unmodifiable list, one for every output in the order of the engine; empty where the
   *     build had no check
   */
  public List<OutputAgreement> agreements() {
    return agreements;
  }

  /**
   * Returns the version of TensorRT that built the plan.
   *
   * @return e.g. "10.6.0"
   */
  public String tensorRtVersion() {
    return facts.tensorRtVersion();
  }

  /**
   * Returns the GPU for which the plan was built.
   *
   * @return the device
   */
  public GpuDevice device() {
    return facts.device();
  }
}
