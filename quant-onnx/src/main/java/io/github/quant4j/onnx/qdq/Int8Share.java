/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.onnx.shape.MultiplyAccumulates;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much of a model's arithmetic a plan moves to INT8.
 *
 * @param int8 the multiply-adds of nodes that are to run in INT8, at least 0
 * @param total the multiply-adds of all nodes, at least {@code int8}
 */
public record Int8Share(long int8, long total) {
  /**
   * Checks the counts.
   *
   * @param int8 the multiply-adds of nodes that are to run in INT8
   * @param total the multiply-adds of all nodes
   * @throws IllegalArgumentException if they are not in 0 &lt;= int8 &lt;= total
   */
  public Int8Share {
    if (int8 < 0 || int8 > total) {
      throw new IllegalArgumentException(
          "int8 is %s and total %s, expected 0 <= int8 <= total".formatted(int8, total));
    }
  }

  /**
   * Sums what the nodes do by what the plan decides on them.
   *
   * @param plan the plan
   * @param counts the multiply-adds of the model the plan was made for
   * @return the share, empty when some count is not known
   */
  public static Optional<Int8Share> of(QuantizationPlan plan, MultiplyAccumulates counts) {
    OptionalLong total = counts.total();
    if (total.isEmpty()) {
      return Optional.empty();
    }
    long int8 =
        counts.counts().stream()
            .filter(
                count -> plan.decision(count.node()).filter(NodeDecision::isQuantized).isPresent())
            .mapToLong(count -> count.multiplyAdds().orElse(0))
            .sum();
    return Optional.of(new Int8Share(int8, total.getAsLong()));
  }

  /**
   * Returns the share.
   *
   * @return int8 / total, in [0, 1]; 0 when there is nothing to multiply
   */
  public double value() {
    return total == 0 ? 0 : (double) int8 / total;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.1f %% of %d multiply-adds INT8", 100 * value(), total);
  }
}
