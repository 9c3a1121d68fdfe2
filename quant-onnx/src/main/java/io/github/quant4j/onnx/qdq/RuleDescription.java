/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/**
 * What a planning rule does, in words for the reader of the rule book.
 *
 * @param id the id under which plans name the rule, for example {@code P39}
 * @param pattern the operators the rule speaks of
 * @param insertion what it places there
 * @param reason why this is fast, or accurate
 * @param source where this is known from
 */
record RuleDescription(String id, String pattern, String insertion, String reason, String source) {}
