/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import java.io.PrintStream;
import java.util.function.BooleanSupplier;

/**
 * Where a command writes to.
 *
 * @param out takes the result
 * @param err takes progress and the error line
 * @param terminal tells whether {@code err} is a terminal, on which a line can be rewritten; asked
 *     by long-running commands only
 */
record CommandStreams(PrintStream out, PrintStream err, BooleanSupplier terminal) {}
