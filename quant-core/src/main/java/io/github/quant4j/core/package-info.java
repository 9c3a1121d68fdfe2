/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The root of the failures that every module of Quant4J reports.
 *
 * <p>The sub-packages follow the way of a number: a {@code tensor} comes from a {@code source}, an
 * {@code observer} keeps its extremes or counts it in a {@code histogram}, {@code range} chooses
 * what part of a histogram the codes shall cover, a {@code table} collects statistics and ranges by
 * tensor name and exchanges them with TensorRT and ONNX Runtime, {@code qparams} turns a range into
 * scales and zero points, and {@code quantize} applies them and measures what they cost. {@code
 * compat} gives the ranges other systems would have chosen, bit for bit.
 */
@NullMarked
package io.github.quant4j.core;

import org.jspecify.annotations.NullMarked;
