/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The calibrators of other libraries, number for number.
 *
 * <p>A team that moves a model over has ranges another tool has given, and asks why the new ones
 * differ. Here are those tools' calibrators with all their quirks, so that a range can be
 * reproduced and the difference named. Each class says what it does, where it departs from its
 * paper, and which release it was checked against.
 *
 * <pre>{@code
 * PeerCalibrator calibrator = OnnxRuntimePercentileCalibrator.symmetric(99.9);
 * calibrator.observe(new float[] {-1f, 0.25f, 3f});
 * ValueRange range = calibrator.range(); // -1 to 2.9986572
 * }</pre>
 */
@NullMarked
package io.github.quant4j.core.compat;

import org.jspecify.annotations.NullMarked;
