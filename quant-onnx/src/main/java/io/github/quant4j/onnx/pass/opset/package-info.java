/**
 * The lift of a model to a later version of the standard operators.
 *
 * <p>{@link io.github.quant4j.onnx.pass.opset.LiftOpset} is the pass. Each operator whose meaning
 * or form changed between two versions has a converter of its own; an operator that changed and
 * cannot be converted is refused by name, before anything is changed.
 *
 * <pre>{@code
 * boolean modified = LiftOpset.to(13).run(model);
 * }</pre>
 */
@NullMarked
package io.github.quant4j.onnx.pass.opset;

import org.jspecify.annotations.NullMarked;
