/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The root of the failures that every module of Quant4J reports.
 *
 * <p>The sub-packages follow the way of a number: a {@code tensor} comes from a {@code source}, an
 * {@code observer} keeps its range, a {@code table} collects the ranges by tensor name, {@code
 * qparams} turns a range into scales and zero points, and {@code quantize} applies them and
 * measures what they cost.
 */
@NullMarked
package io.github.quant4j.core;

import org.jspecify.annotations.NullMarked;
