/** JMH benchmarks: {@code java -jar benchmarks/target/benchmarks.jar [NAME]}. */
@NullMarked
package io.github.quant4j.benchmarks;

import org.jspecify.annotations.NullMarked;
