/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Writing files that are never half written, and telling contents apart by their digest.
 *
 * <pre>{@code
 * AtomicFile.write(path, out -> out.write(bytes));
 * }</pre>
 */
@NullMarked
package io.github.quant4j.core.file;

import org.jspecify.annotations.NullMarked;
