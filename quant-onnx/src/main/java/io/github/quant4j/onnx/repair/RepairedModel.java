/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.repair;

import io.github.quant4j.onnx.OnnxModel;

/**
 * The result of a repair.
 *
 * @param model the repaired model
 * @param baseline the model after the stages of form and numbers, with all its pairs where the
 *     source has them: what the repaired model must agree with, since the source itself is no
 *     measure where its zero points are wrong
 * @param report what was found and done
 */
public record RepairedModel(OnnxModel model, OnnxModel baseline, RepairReport report) {}
