/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What quantization keeps of models that others trained: readers of text, a sentence encoder, a
 * segmentation of pictures, and the classifiers of this repository.
 *
 * <p>Each is quantized by {@link io.github.quant4j.ptq.PostTrainingQuantization} as a user would,
 * with nothing tuned, on samples of one kind, and compared with its float model on others. The
 * tests are tagged {@code real-models} and need the dependencies of the Maven profile of that name;
 * the sources need none of them. Every figure is logged. Those of engines are tagged {@code gpu}.
 */
@NullMarked
package io.github.quant4j.ptq.real;

import org.jspecify.annotations.NullMarked;
