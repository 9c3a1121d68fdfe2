/* SPDX-License-Identifier: Apache-2.0 */
/** What several packages of this module share and no user needs; may change at any time. */
@NullMarked
package io.github.quant4j.onnx.internal;

import org.jspecify.annotations.NullMarked;
