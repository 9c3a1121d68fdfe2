/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.pass;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.opset.LiftOpset;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes run one after another. Immutable and thread-safe. */
public final class PassPipeline {
  private static final Logger LOGGER = LoggerFactory.getLogger(PassPipeline.class);

  private final List<GraphPass> passes;

  private PassPipeline(List<GraphPass> passes) {
    this.passes = passes;
  }

  /**
   * Returns the pipeline of the given passes.
   *
   * @param passes the passes in order
   * @return the pipeline
   */
  public static PassPipeline of(GraphPass... passes) {
    return new PassPipeline(List.of(passes));
  }

  /**
   * Returns the passes that put a model into the form the planner expects: local functions are
   * inlined, what is constant is an initializer, the standard operators are those of opset 13 at
   * least, nodes that do nothing are gone, BatchNormalization, constant arithmetic and Gemm factors
   * are folded, every node has a name of its own, and nothing unused is left.
   *
   * <p>Functions go first, since they hold nodes for all others; the lift comes after the
   * constants, from which ranks are known, and before all that reads operators in their later form.
   * What is unused goes before anything is folded too, since it must not count as a reader. Run a
   * second time, the pipeline changes nothing.
   *
   * @return the pipeline
   */
  public static PassPipeline normalization() {
    return of(
        new InlineFunctions(),
        new MoveConstantsToInitializers(),
        new EliminateIdentity(),
        LiftOpset.to(13),
        new RemoveUnused(),
        new RemoveDropout(),
        new FoldConstants(),
        new RemoveNoOps(),
        new FoldGemmFactors(),
        new FoldBatchNormalization(),
        new FoldScaleAndShift(),
        new FoldLeadingBatchNormalization(),
        new NameNodes(),
        new RemoveUnused());
  }

  /**
   * Runs the passes on a model, in place.
   *
   * @param model the model
   * @return the names of the passes that changed it, in order
   * @throws PassException if a pass fails, naming it
   */
  public List<String> run(OnnxModel model) {
    List<String> modifying = new ArrayList<>();
    for (GraphPass pass : passes) {
      if (run(pass, model)) {
        LOGGER.debug("pass {} changed the model", pass.name());
        modifying.add(pass.name());
      }
    }
    return List.copyOf(modifying);
  }

  private static boolean run(GraphPass pass, OnnxModel model) {
    try {
      return pass.run(model);
    } catch (RuntimeException e) {
      throw new PassException(pass.name(), e);
    }
  }
}
