/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.core.file.AtomicFile;
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

  EnginePlan(byte[] bytes, BuildFacts facts) {
    this.bytes = bytes;
    this.facts = facts;
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
   * Writes the plan to a file, at once: its name never stands for half a plan.
   *
   * @param path the file, in an existing directory; replaced if it exists
   * @throws IOException if the file cannot be written
   */
  public void write(Path path) throws IOException {
    AtomicFile.write(path, out -> out.write(bytes));
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
