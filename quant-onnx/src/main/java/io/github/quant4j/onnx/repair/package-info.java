/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The repair of models that another tool quantized.
 *
 * <p>Exporters leave Casts between QuantizeLinear and DequantizeLinear, write int8 codes as uint8,
 * put biases behind DequantizeLinear and pairs where they keep operators from fusing. TensorRT
 * refuses such a model, runs it slowly, or answers wrongly and nobody notices. {@link
 * io.github.quant4j.onnx.repair.QdqRepair} mends it:
 *
 * <pre>{@code
 * OnnxModel exported = OnnxModel.read(Path.of("exported.onnx"));
 * RepairedModel repaired = QdqRepair.create().run(exported);
 * repaired.model().write(Path.of("repaired.onnx"));
 * System.out.println(repaired.report());
 * }</pre>
 *
 * <p>Each kind of defect is a {@link io.github.quant4j.onnx.repair.Defect} with a number that never
 * changes, and has one pass that finds and mends it. The passes run in three stages: form, so that
 * every pair can be read; numbers, so that every code means what it meant to the tool that wrote
 * it; placement, so that operators fuse. What was found, and what became of it, is a {@link
 * io.github.quant4j.onnx.repair.Finding}.
 */
@NullMarked
package io.github.quant4j.onnx.repair;

import org.jspecify.annotations.NullMarked;
