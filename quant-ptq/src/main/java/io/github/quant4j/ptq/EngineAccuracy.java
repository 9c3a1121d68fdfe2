/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import java.util.Optional;

/**
 * How well an engine answers as the float model does in ONNX Runtime. Immutable and thread-safe.
 *
 * @param sampleCount the number of samples both were run on
 * @param sqnrDecibels the ratio of signal to noise at the worst float output in decibels, positive
 *     infinity where nothing differs, NaN or negative infinity where the engine gave values that
 *     are not finite
 * @param topOne the right answers of both, where labels were given
 */
public record EngineAccuracy(
    long sampleCount, double sqnrDecibels, Optional<TopOneAccuracy> topOne) {}
