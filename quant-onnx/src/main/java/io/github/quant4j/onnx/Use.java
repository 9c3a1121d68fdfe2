/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

/**
 * The place where a node reads a value.
 *
 * @param node the reading node
 * @param inputIndex the position among the node's inputs, from 0
 */
public record Use(Node node, int inputIndex) {}
