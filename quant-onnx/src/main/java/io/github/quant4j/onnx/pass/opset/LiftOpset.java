/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass.opset;

import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.GraphPass;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises the version of the standard operators a model imports, and rewrites every node whose
 * operator changed on the way, so that the model computes what it did.
 *
 * <ol>
 *   <li>A model at or above the target is left as it is; nothing is ever lowered. The lowest
 *       version accepted is 7.
 *   <li>Attributes that became inputs become initializers, named after the node's first output.
 *   <li>Softmax, LogSoftmax and Hardmax before 13 take all dimensions from {@code axis} on as one:
 *       where that is not a single axis for certain, the tensor is flattened, and brought back to
 *       its shape afterwards.
 *   <li>Upsample and Resize before 11 become Resize with asymmetric coordinates; nearest takes the
 *       floor where it enlarges and the ceiling where it shrinks. An unknown scale counts as one
 *       that enlarges, with a warning.
 *   <li>Bodies of If, Loop and Scan are lifted too; other domains and local functions are not.
 *   <li>The IR version is raised to the one that came with the target: 7 for 13, 8 for 15, 9 for
 *       19, 10 for 21. Initializers repeated as inputs, as IR 3 wants it, leave that list.
 * </ol>
 *
 * <p>An operator that changed and has no converter is refused before anything is changed. Values
 * are those of before, bit for bit, but for the sums of a flattened Softmax. Cost: O(nodes).
 * Immutable and thread-safe. Source: the version histories in the ONNX operator documentation.
 */
public final class LiftOpset implements GraphPass {
  /** The lowest version that can be a target: the first with scales per channel. */
  public static final int LOWEST_TARGET = 13;

  /** The highest version that can be a target. */
  public static final int HIGHEST_TARGET = 21;

  private static final Logger LOGGER = LoggerFactory.getLogger(LiftOpset.class);
  private static final int LOWEST = 7;

  private final int target;

  private LiftOpset(int target) {
    this.target = target;
  }

  /**
   * Returns the pass that lifts to a version. Quantization with scales per channel needs 13;
   * float16 scales need 19.
   *
   * @param opset the version to reach, from 13 to 21
   * @return the pass
   * @throws IllegalArgumentException if the version is outside that range
   */
  public static LiftOpset to(int opset) {
    if (opset < LOWEST_TARGET || opset > HIGHEST_TARGET) {
      throw new IllegalArgumentException(
          "opset must be from %s to %s, was %s".formatted(LOWEST_TARGET, HIGHEST_TARGET, opset));
    }
    return new LiftOpset(opset);
  }

  @Override
  public String name() {
    return "LiftOpset(" + target + ")";
  }

  /**
   * Lifts a model in place.
   *
   * @param model the model
   * @return true when its version was below the target
   * @throws OnnxException if the version is below 7, or a node has a form that cannot be converted;
   *     the model is unchanged then
   */
  @Override
  public boolean run(OnnxModel model) {
    long found = model.opset();
    if (found == 0 || found >= target) {
      return false;
    }
    if (found < LOWEST) {
      throw new OnnxException(
          "model imports operator set %s; the lowest that can be lifted is %s, export it anew"
              .formatted(found, LOWEST));
    }
    GraphLift lift = GraphLift.of(model, found, target);
    lift.verify();
    lift.convert();
    if (model.irVersion() < 4) {
      model.graph().rewriter().undeclareInitializers();
    }
    model.raiseOpset(target);
    model.raiseIrVersion(irVersion());
    LOGGER.debug("lifted the model from opset {} to {}", found, target);
    return true;
  }

  private int irVersion() {
    if (target >= 21) {
      return 10;
    }
    if (target >= 19) {
      return 9;
    }
    return target >= 15 ? 8 : 7;
  }
}
