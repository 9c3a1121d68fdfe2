/**
 * Passes that put a model into the form quantization is planned on, without changing what it
 * computes.
 *
 * <p>{@link io.github.quant4j.onnx.pass.PassPipeline#normalization()} holds them in order:
 *
 * <pre>{@code
 * OnnxModel model = OnnxModel.read(Path.of("model.onnx"));
 * List<String> modifying = PassPipeline.normalization().run(model);
 * }</pre>
 */
@NullMarked
package io.github.quant4j.onnx.pass;

import org.jspecify.annotations.NullMarked;
