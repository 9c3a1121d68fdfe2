/**
 * Post-training quantization from end to end, the comparison of what came out with what went in,
 * and the repair of models that were quantized elsewhere.
 *
 * <pre>{@code
 * OnnxModel floatModel = OnnxModel.read(Path.of("model.onnx"));
 * try (CalibrationSource samples = NumpySource.builder(Path.of("samples.npz")).open()) {
 *   QuantizedModel int8 = PostTrainingQuantization.of(floatModel).run(samples);
 *   int8.write(Path.of("model_int8.onnx"));
 * }
 * }</pre>
 *
 * <p>{@link io.github.quant4j.ptq.PostTrainingQuantization} joins the modules that do not see one
 * another: planning and insertion from quant-onnx, observation from quant-calibration. Before it
 * writes the model it measures, on a few of the samples, what INT8 costs the outputs; where that is
 * too much, the operators that cost most stay float, as few of the multiply-adds as will do. {@link
 * io.github.quant4j.ptq.QuantizedModel} holds the model with the plan, which says of each node why
 * it is INT8 or float, the ranges, and how much of the arithmetic is INT8. {@link
 * io.github.quant4j.ptq.Verification} measures the accuracy kept, on other samples.
 *
 * <p>Calibration can come first, elsewhere or in parts: {@code calibrate} gives the table of ranges
 * alone, and with {@code table} it, or that of another tool, takes the place of observing.
 *
 * <p>A model is made for a runtime ({@code target}), and for TensorRT in one of two build modes:
 * weakly typed, in which the remainder is float32 in the file, or strongly typed, in which it is
 * float16.
 *
 * <p>{@link io.github.quant4j.ptq.ModelRepair} is for models that another tool quantized:
 *
 * <pre>{@code
 * RepairResult result = ModelRepair.of(OnnxModel.read(Path.of("exported.onnx"))).run();
 * result.write(Path.of("repaired.onnx"));
 * System.out.println(result.report());
 * }</pre>
 *
 * <p>It mends them as {@link io.github.quant4j.onnx.repair.QdqRepair} does, on samples where there
 * are any, and runs the result beside what it came from before it hands it out.
 *
 * <p>On a machine with a GPU, {@link io.github.quant4j.ptq.CheckedBuild} builds an engine that is
 * known to answer as its model does in ONNX Runtime, and {@link
 * io.github.quant4j.ptq.EngineComparison} says whether INT8 pays there:
 *
 * <pre>{@code
 * EngineComparisonReport report =
 *     EngineComparison.of(floatModel)
 *         .calibration(calibrationSamples)
 *         .test(testSamples)
 *         .labels(labels)
 *         .batchSize(128)
 *         .keep(Path.of("engines"))
 *         .run();
 * System.out.print(report.toText());
 * }</pre>
 *
 * <p>The engines lie in {@code engines} then, and the report names the fastest that keeps the
 * accuracy, FP16 where INT8 gains next to nothing.
 *
 * <p>Engines share this package with the quantization because both stage models, make up samples
 * and compare outputs with classes that are nobody else's.
 */
@NullMarked
package io.github.quant4j.ptq;

import org.jspecify.annotations.NullMarked;
