/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is wrong with a model, before it is built into an engine.
 *
 * <pre>{@code
 * LintReport report = Linter.create().lint(OnnxModel.read(Path.of("exported.onnx")));
 * if (report.hasErrors()) {
 *   System.out.println(report.toText());
 * }
 * }</pre>
 *
 * <p>The linter is the dry run of {@link io.github.quant4j.onnx.repair.QdqRepair}: what it says is
 * mended, the repair mends, and what it says is refused, the repair refuses. {@link
 * io.github.quant4j.onnx.lint.Linter} adds what no repair can mend, such as operators of domains
 * TensorRT does not know. A {@link io.github.quant4j.onnx.lint.LintReport} is written as text, JSON
 * or SARIF.
 */
@NullMarked
package io.github.quant4j.onnx.lint;

import org.jspecify.annotations.NullMarked;
