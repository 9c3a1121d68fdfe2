/**
 * Where QuantizeLinear and DequantizeLinear go, and putting them there.
 *
 * <p>{@link io.github.quant4j.onnx.qdq.QdqPlanner} decides and changes nothing; {@link
 * io.github.quant4j.onnx.qdq.InsertQuantizeDequantize} carries the decision out. Between the two,
 * the tensors of {@link io.github.quant4j.onnx.qdq.QuantizationPlan#observationPoints()} are
 * observed on a model that {@link io.github.quant4j.onnx.qdq.ExposeObservationPoints} prepared:
 *
 * <pre>{@code
 * QuantizationPlan plan = QdqPlanner.create().plan(model);
 * CalibrationTable table = ...; // ranges of plan.observationPoints()
 * InsertQuantizeDequantize.of(plan, table, Target.TENSORRT).run(model);
 * }</pre>
 *
 * <p>Each rule is a class of its own, named by the pattern it speaks of and documented with its id.
 */
@NullMarked
package io.github.quant4j.onnx.qdq;

import org.jspecify.annotations.NullMarked;
