/**
 * Post-training quantization from end to end, and the comparison of what came out with what went
 * in.
 *
 * <pre>{@code
 * OnnxModel floatModel = OnnxModel.read(Path.of("model.onnx"));
 * try (CalibrationSource samples = NumpySource.builder(Path.of("samples.npz")).open()) {
 *   QuantizedModel int8 = PostTrainingQuantization.of(floatModel).run(samples);
 *   int8.write(Path.of("model_int8.onnx"));
 * }
 * }</pre>
 *
 * <p>{@link io.github.quant4j.ptq.PostTrainingQuantization} joins the modules that do not see one
 * another: planning and insertion from quant-onnx, observation from quant-calibration. {@link
 * io.github.quant4j.ptq.Verification} measures the accuracy kept.
 */
@NullMarked
package io.github.quant4j.ptq;

import org.jspecify.annotations.NullMarked;
