/* SPDX-License-Identifier: Apache-2.0 */
/** Tests of TensorRT's availability and logging; those tagged gpu need a GPU and TensorRT. */
@NullMarked
package io.github.quant4j.tensorrt;

import org.jspecify.annotations.NullMarked;
