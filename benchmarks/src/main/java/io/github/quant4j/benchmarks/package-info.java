/**
 * JMH benchmarks, {@code java -jar benchmarks/target/benchmarks.jar [NAME]}, and {@link
 * io.github.quant4j.benchmarks.CalibrationCost}, which {@code benchmarks/calibration.sh} runs.
 */
@NullMarked
package io.github.quant4j.benchmarks;

import org.jspecify.annotations.NullMarked;
