/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What is known of an engine before it runs. Immutable and thread-safe.
 *
 * @param byteCount the size of the plan in bytes
 * @param buildTime how long TensorRT took; empty for a plan that was given. It says more of the
 *     timing cache than of the engine: the first of several builds takes longest
 * @param file where the plan was written to or read from, if it was
 */
public record PlanFacts(long byteCount, Optional<Duration> buildTime, Optional<Path> file) {}
