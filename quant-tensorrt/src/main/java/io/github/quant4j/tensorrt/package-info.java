/* SPDX-License-Identifier: Apache-2.0 */
/**
 * NVIDIA TensorRT from Java, through the JavaCPP presets.
 *
 * <p>A machine without a GPU is a normal machine here: every public class loads anywhere, and
 * {@link io.github.quant4j.tensorrt.TensorRt#availability()} tells in words which piece is missing
 * and how to get it.
 *
 * <pre>{@code
 * Availability availability = TensorRt.availability();
 * if (availability instanceof Availability.Unavailable unavailable) {
 *   System.err.println(unavailable.reason() + "; " + unavailable.remedy());
 * }
 * }</pre>
 *
 * <p>{@link io.github.quant4j.tensorrt.EngineBuilder} makes a plan of an ONNX model, {@link
 * io.github.quant4j.tensorrt.Engine} loads it, and sessions run it:
 *
 * <pre>{@code
 * EnginePlan plan =
 *     EngineBuilder.of(Path.of("../data/models/resnet20_fp32.onnx"))
 *         .precision(Precision.FP16)
 *         .profile(ShapeProfile.parse(List.of("input:1x1x32x32,100x1x32x32,100x1x32x32")))
 *         .build();
 * try (Engine engine = plan.load();
 *     ExecutionSession session = engine.newSession()) {
 *   Map<String, Tensor> outputs = session.run(Map.of("input", pictures));
 * }
 * }</pre>
 *
 * <p>TensorRT was seen to build engines that answer at chance of models that are sound. {@link
 * io.github.quant4j.tensorrt.EngineBuilder#check} compares a new engine with a reference before it
 * is handed out, and should be given unless another comparison follows; the engine builds of
 * quant-ptq give it by themselves, with ONNX Runtime as the reference.
 *
 * <p>A float model is built as INT8 with an {@link io.github.quant4j.tensorrt.EngineCalibrator},
 * for TensorRT 10 only: {@link io.github.quant4j.tensorrt.TensorRt#capabilities} tells what is
 * there. {@link io.github.quant4j.tensorrt.EngineTimer} tells how long engines take, and which of
 * several is the fastest.
 *
 * <p>Engines own sessions: what is loaded or opened is closed by whoever did it, sessions first.
 *
 * <p>Classes that touch native code are package-private and used only after that answer. What
 * TensorRT logs arrives at SLF4J under the name {@code io.github.quant4j.tensorrt.BuildLog}:
 * warnings as warnings, errors and milestones as debug, details as trace. Errors are collected as
 * well, because they belong into the exception of the call that failed.
 */
@NullMarked
package io.github.quant4j.tensorrt;

import org.jspecify.annotations.NullMarked;
