/**
 * The {@code quant} command.
 *
 * <pre>{@code
 * java -jar quant.jar quantize model.onnx --data samples.npz -o model_int8.onnx
 * }</pre>
 *
 * <p>Each command reads its options, calls the library once and prints what came of it: text for
 * people, one JSON object for programs. Results go to standard output; progress, log and the one
 * line that says what went wrong go to standard error.
 */
@NullMarked
package io.github.quant4j.cli;

import org.jspecify.annotations.NullMarked;
