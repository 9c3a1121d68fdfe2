/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

/**
 * What is to become of one node, and why.
 *
 * @param node the node's name
 * @param opType its operator
 * @param isQuantized true when it is to run in INT8
 * @param why the rule behind the decision and its reason in words
 */
public record NodeDecision(String node, String opType, boolean isQuantized, Reason why) {

  /**
   * A reason.
   *
   * @param ruleId the rule, empty where no rule speaks of the operator
   * @param text the reason in words
   */
  public record Reason(String ruleId, String text) {
    @Override
    public String toString() {
      return ruleId.isEmpty() ? text : ruleId + ": " + text;
    }
  }

  @Override
  public String toString() {
    return opType + " \"" + node + "\" " + (isQuantized ? "INT8" : "float") + " (" + why + ")";
  }
}
