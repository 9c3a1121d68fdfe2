/** Runnable examples, one program each; every one is run by a test. */
@NullMarked
package io.github.quant4j.examples;

import org.jspecify.annotations.NullMarked;
