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
 *
 * <p>Classes named by a command, such as {@code AddZeroPoints}, are passes; {@code RepairPasses}
 * holds their order. The others serve them:
 *
 * <ul>
 *   <li>Framework: {@code RepairPass}, {@code RepairContext} (model, options and findings of a
 *       run), {@code FindingLog}, {@code ObservationPoints}, {@code TensorRtContract}, which judges
 *       the result without the passes.
 *   <li>Reading a graph: {@code Quantizer} is one node; {@code QuantizerFamily} those that should
 *       say the same of a tensor; {@code QuantizedActivation} a QuantizeLinear with what reads its
 *       codes; {@code AffineActivation} one whose numbers can be read; {@code Int8Pair} one as the
 *       first two stages leave it; {@code QuantizedWeight} a symmetric int8 constant.
 *   <li>Tensors of parameters: {@code CodeTypes}, {@code ZeroPoints}, {@code ScaleValues}, {@code
 *       ChannelCodes}, {@code ConstantCodes}, {@code DequantizedConstant}; {@code ChannelAxis} is
 *       the axis that given scales stand along, {@code WeightAxis} that for new ones.
 *   <li>Form: {@code ComputedParameter}, {@code LiftOldOpset}.
 *   <li>Numbers of activations: {@code ZeroPointEvidence} with {@code NonNegativeTensors} and
 *       {@code ObservedReading} tells what codes mean; {@code CoveringScales} and {@code
 *       CodeRewriting} give them symmetric ones; {@code OutsideCodes} are those that cannot change.
 *   <li>Numbers of constants: {@code WeightReading}, {@code WeightRounding}, {@code
 *       ConstantPairCentering}; {@code BiasedOperator} and {@code LateBiases} for biases; {@code
 *       NormalizedOperator} and {@code FoldedScales} for what is folded; {@code WeightWriter}
 *       writes {@code WeightCodes}.
 *   <li>Placement: {@code Int8Operators}, {@code Epilogue}, {@code ResidualAdd}, {@code
 *       PoolSurroundings} and {@code CodeOrigin} say what stands around a pair; {@code ScaleUnions}
 *       which pairs share a scale; {@code PairInsertion} makes and moves pairs.
 *   <li>Operators on codes (R27, R28): {@code IntegerOperators} lists them, {@code IntegerLayout}
 *       says where their inputs are; {@code OperatorDecomposition}, {@code PlainOperator}, {@code
 *       IntegerProduct} and {@code DynamicProduct} replace one kind each with {@code CodeNodes},
 *       {@code CodeScale}, {@code DynamicQuantization} and {@code FixedActivations}.
 * </ul>
 */
@NullMarked
package io.github.quant4j.onnx.repair;

import org.jspecify.annotations.NullMarked;
