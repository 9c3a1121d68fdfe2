/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How far a calibration run has come. Immutable and thread-safe.
 *
 * @param batchCount how many batches were observed, from 1
 * @param sampleCount how many samples they held
 * @param expectedSampleCount how many samples the source holds, where it knows
 * @param elapsed the time since the run began
 */
public record CalibrationProgress(
    long batchCount, long sampleCount, OptionalLong expectedSampleCount, Duration elapsed) {}
